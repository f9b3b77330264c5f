"""Takes a tour with the AWS CLI, all of its commands in one process: python3 cli_tour.py < steps.json > results.json"""

import io
import json
import os
import sys
from contextlib import redirect_stderr, redirect_stdout

from awscli.clidriver import create_clidriver
from botocore import xform_name


def result_of(driver, operation, given):
    command = ["dynamodb", xform_name(operation, "-"), "--cli-input-json", json.dumps(given)]
    options = ["--endpoint-url", os.environ["AWS_ENDPOINT_URL_DYNAMODB"], "--no-paginate", "--output", "json"]
    said, complaint = io.StringIO(), io.StringIO()
    with redirect_stdout(said), redirect_stderr(complaint):
        status = driver.main(command + options)
    text = said.getvalue()
    return {"status": status, "said": json.loads(text) if text.strip() else None, "complaint": complaint.getvalue()}


driver = create_clidriver()
results = [result_of(driver, step["operation"], step["input"]) for step in json.load(sys.stdin)]
json.dump(results, sys.stdout)
