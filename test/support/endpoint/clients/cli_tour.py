"""Takes a tour with the AWS CLI, all of its commands in one process: python3 cli_tour.py < steps.json > results.json

Where the services are, AWS_ENDPOINT_URL_DYNAMODB and its like say; to versions that do not know them yet it is told."""

import io
import json
import os
import sys
from contextlib import redirect_stderr, redirect_stdout

import awscli
from awscli.clidriver import create_clidriver
from botocore import xform_name

VERSION = tuple(int(part) for part in awscli.__version__.split(".")[:2])
KNOWS_VARIABLES = VERSION >= (2, 13) or (1, 29) <= VERSION < (2,)
VARIABLES = {"dynamodb": "DYNAMODB", "ssm": "SSM", "secretsmanager": "SECRETS_MANAGER"}


def result_of(driver, step):
    service = step["service"]
    command = [service, xform_name(step["operation"], "-"), "--cli-input-json", json.dumps(step["input"])]
    options = ["--output", "json"]
    options += ["--page-size", str(step["pageSize"])] if "pageSize" in step else ["--no-paginate"]
    if not KNOWS_VARIABLES:
        options += ["--endpoint-url", os.environ["AWS_ENDPOINT_URL_" + VARIABLES[service]]]
    said, complaint = io.StringIO(), io.StringIO()
    with redirect_stdout(said), redirect_stderr(complaint):
        try:
            status = driver.main(command + options)
        except SystemExit as exit:  # A version that does not know the command.
            status = exit.code
    text = said.getvalue()
    return {"status": status, "said": json.loads(text) if text.strip() else None, "complaint": complaint.getvalue()}


driver = create_clidriver()
results = [result_of(driver, step) for step in json.load(sys.stdin)]
json.dump(results, sys.stdout)
