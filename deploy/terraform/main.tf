# A table, and a Node.js and a Python function that read it through dynamodb-cache-extension, with a dashboard and alarms.
#   npm run layers
#   (cd deploy/sam/functions && zip -FS -qrX ../../terraform/functions.zip .)
#   terraform -chdir=deploy/terraform init && terraform -chdir=deploy/terraform apply

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100" # nothing here needs version 6
    }
  }
}

variable "alarm_topic_arn" {
  type        = string
  default     = ""
  description = "ARN of the SNS topic that alarms are sent to; empty for none"
}

variable "min_hit_percent" {
  type        = number
  default     = 50
  description = "The alarm FewHits is raised below it: about 20 points below the normal share of hits; 0 turns it off"
}

variable "read_milliseconds" {
  type        = number
  default     = 3
  description = "How long the function waits for a read without the cache, for the time in the dashboard that hits saved"
}

# For a canary of the Python function: docs/deploy.md, "A canary with Terraform".
variable "stable_version" {
  type        = string
  default     = null
  description = "Version of the Python function that gets the traffic of the alias; the newest one by default"
}

variable "canary_percent" {
  type        = number
  default     = 0
  description = "Share of that traffic that the newest version gets, if stable_version is another one"
}

locals {
  layers = "${path.module}/../../dist/layers"

  variables = {
    TABLE                                  = aws_dynamodb_table.products.name
    CACHE_EXTENSION_TTL                    = "5m"
    CACHE_EXTENSION_STALE_WHILE_REVALIDATE = "30s"
    # Each cold start scans the table into the cache. For a large table, set `preload: none` in cache.yaml (docs/deploy.md, "Cost").
    CACHE_EXTENSION_INIT_STARTUP = "true"
    CACHE_EXTENSION_METRICS      = "emf" # for the dashboard and the alarms
  }
}

# cache.yaml has this name. With `table: ${TABLE}` in cache.yaml, the name may be generated.
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

# For functions on Node.js runtimes. The layer also runs on nodejs24.x, which version 5.100.0 of the provider does not know.
resource "aws_lambda_layer_version" "node" {
  layer_name               = "dynamodb-cache-node"
  filename                 = "${local.layers}/node.zip"
  source_code_hash         = filebase64sha256("${local.layers}/node.zip")
  compatible_runtimes      = ["nodejs20.x", "nodejs22.x"]
  compatible_architectures = ["x86_64", "arm64"]
  # Old versions stay, so that the function can go back to one.
  skip_destroy = true
}

# For functions on all other runtimes. The zip exceeds 50 MB, so Lambda reads it from S3. On x86_64 use standalone-x86_64.zip.
resource "aws_s3_bucket" "layers" {
  bucket_prefix = "dynamodb-cache-"
  force_destroy = true
}

locals {
  standalone_sha256 = filesha256("${local.layers}/standalone-arm64.zip")
}

# The key names the bytes, so that a build never overwrites another one. Lambda copies the zip: a published layer needs the
# object no longer.
resource "aws_s3_object" "standalone" {
  bucket      = aws_s3_bucket.layers.id
  key         = "standalone-arm64-${substr(local.standalone_sha256, 0, 12)}.zip"
  source      = "${local.layers}/standalone-arm64.zip"
  source_hash = filemd5("${local.layers}/standalone-arm64.zip")
}

resource "aws_lambda_layer_version" "standalone" {
  layer_name               = "dynamodb-cache-standalone-arm64"
  s3_bucket                = aws_s3_object.standalone.bucket
  s3_key                   = aws_s3_object.standalone.key
  source_code_hash         = filebase64sha256("${local.layers}/standalone-arm64.zip")
  compatible_architectures = ["arm64"]
  description              = "sha256 ${local.standalone_sha256}"
  # Old versions stay: function versions refer to them.
  skip_destroy = true
}

# The zip of the handlers, made by the second command above. cache.yaml is next to them, so it is deployed to /var/task, where the
# extension looks for it.
locals {
  code = "${path.module}/functions.zip"
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

# The statements that the command `policy` prints for deploy/sam/functions/cache.yaml, limited to this table.
# For a cache.yaml of your own, also one with parameters and secrets, write its output to a file beside this one,
#   node dist/lib/bootstrap/cli.js policy cache.yaml --region REGION --account ACCOUNT > policy.json
# and use: policy = file("${path.module}/policy.json")
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

resource "aws_lambda_function" "node" {
  function_name    = "dynamodb-cache-example-node"
  role             = aws_iam_role.function.arn
  runtime          = "nodejs22.x"
  architectures    = ["arm64"]
  handler          = "products.handler"
  memory_size      = 256
  timeout          = 10
  filename         = local.code
  source_code_hash = filebase64sha256(local.code)
  layers           = [aws_lambda_layer_version.node.arn]

  environment {
    variables = local.variables
  }
}

resource "aws_lambda_function" "python" {
  function_name    = "dynamodb-cache-example-python"
  role             = aws_iam_role.function.arn
  runtime          = "python3.13"
  architectures    = ["arm64"]
  handler          = "products.handler"
  memory_size      = 256
  timeout          = 10
  filename         = local.code
  source_code_hash = filebase64sha256(local.code)
  layers           = [aws_lambda_layer_version.standalone.arn]
  # A version has its code, layers and variables together, so that the alias can go back to all of them.
  publish = true

  environment {
    variables = local.variables
  }
}

# Callers use the alias, not the function.
resource "aws_lambda_alias" "live" {
  name             = "live"
  function_name    = aws_lambda_function.python.function_name
  function_version = coalesce(var.stable_version, aws_lambda_function.python.version)

  dynamic "routing_config" {
    for_each = var.canary_percent > 0 ? [var.canary_percent / 100] : []
    content {
      additional_version_weights = { (aws_lambda_function.python.version) = routing_config.value }
    }
  }
}

# A dashboard and alarms for each function.
resource "aws_cloudformation_stack" "monitoring" {
  for_each = {
    node   = aws_lambda_function.node.function_name
    python = aws_lambda_function.python.function_name
  }

  name          = "${each.value}-monitoring"
  template_body = file("${path.module}/../cloudformation/monitoring.json")
  parameters = {
    FunctionName     = each.value
    AlarmTopicArn    = var.alarm_topic_arn
    MinHitPercent    = var.min_hit_percent
    ReadMilliseconds = var.read_milliseconds
  }
}

output "function_names" {
  value = [aws_lambda_function.node.function_name, aws_lambda_function.python.function_name]
}

output "python_live_arn" {
  value = aws_lambda_alias.live.arn
}

output "python_newest_version" {
  value = aws_lambda_function.python.version
}
