# A table and a Node.js function that reads it through dynamodb-cache-extension.
#   npm run layers && terraform -chdir=deploy/terraform init && terraform -chdir=deploy/terraform apply

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.0"
    }
    archive = {
      source  = "hashicorp/archive"
      version = ">= 2.4"
    }
  }
}

locals {
  layer_zip = "${path.module}/../../dist/layers/node.zip"
}

# cache.yaml refers to the table by name, so the name must be fixed here.
resource "aws_dynamodb_table" "products" {
  name         = "dynamodb-cache-example-products"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "pKey"
  range_key    = "sKey"

  attribute {
    name = "pKey"
    type = "S"
  }

  attribute {
    name = "sKey"
    type = "S"
  }
}

# For functions on Node.js runtimes. For others, upload standalone-arm64.zip through S3 (s3_bucket, s3_key): it exceeds 50 MB.
resource "aws_lambda_layer_version" "cache" {
  layer_name               = "dynamodb-cache-node"
  filename                 = local.layer_zip
  source_code_hash         = filebase64sha256(local.layer_zip)
  compatible_runtimes      = ["nodejs20.x", "nodejs22.x", "nodejs24.x"]
  compatible_architectures = ["x86_64", "arm64"]
}

# cache.yaml is next to the handlers, so it is deployed to /var/task, where the extension looks for it.
data "archive_file" "functions" {
  type        = "zip"
  source_dir  = "${path.module}/../sam/functions"
  output_path = "${path.module}/functions.zip"
}

resource "aws_iam_role" "function" {
  name_prefix = "dynamodb-cache-"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "logs" {
  role       = aws_iam_role.function.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

# The output of `npx dynamodb-cache-extension policy deploy/sam/functions/cache.yaml`, limited to this table.
resource "aws_iam_role_policy" "read_products" {
  role = aws_iam_role.function.name
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Scan"]
      Resource = [aws_dynamodb_table.products.arn]
    }]
  })
}

resource "aws_lambda_function" "products" {
  function_name    = "dynamodb-cache-example"
  role             = aws_iam_role.function.arn
  runtime          = "nodejs24.x"
  architectures    = ["arm64"]
  handler          = "products.handler"
  memory_size      = 256
  timeout          = 10
  filename         = data.archive_file.functions.output_path
  source_code_hash = data.archive_file.functions.output_base64sha256
  layers           = [aws_lambda_layer_version.cache.arn]

  environment {
    variables = {
      TABLE                                  = aws_dynamodb_table.products.name
      CACHE_EXTENSION_TTL                    = "5m"
      CACHE_EXTENSION_STALE_WHILE_REVALIDATE = "30s"
      CACHE_EXTENSION_INIT_STARTUP           = "true"
    }
  }
}

output "function_name" {
  value = aws_lambda_function.products.function_name
}
