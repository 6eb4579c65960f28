# A state machine with a function and the parameters it writes, as a stack of ours has them.
# The package is written beside this file by the test.
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}

variable "timeout" {
  type    = number
  default = 10
}

provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["123456789012"]
  default_tags { tags = { Env = "abc123" } }
}

resource "aws_kms_key" "this" {
  deletion_window_in_days = 7
}

resource "aws_iam_role" "this" {
  for_each = toset(["lambda", "states"])
  name     = "role-machine-${each.key}-abc123"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "${each.key}.amazonaws.com" }
    }]
  })
}

resource "aws_cloudwatch_log_group" "this" {
  for_each          = toset(["/aws/lambda/function-start-abc123", "/aws/vendedlogs/states/machine-abc123"])
  name              = each.key
  retention_in_days = 14
}

resource "aws_ssm_parameter" "checkpoint" {
  name  = "/migration/abc123/checkpoint"
  type  = "String"
  value = jsonencode({ stage = "none" })
  lifecycle {
    ignore_changes = [value] # the state machine writes it
  }
}

resource "aws_ssm_parameter" "approval" {
  name   = "/migration/abc123/approval"
  type   = "SecureString"
  key_id = aws_kms_key.this.arn
  value  = "{}"
  lifecycle {
    ignore_changes = [value] # the state machine writes it
  }
}

resource "aws_lambda_function" "start" {
  function_name    = "function-start-abc123"
  role             = aws_iam_role.this["lambda"].arn
  runtime          = "python3.12"
  architectures    = ["arm64"]
  handler          = "start.handler.handle"
  filename         = "${path.module}/start.zip"
  source_code_hash = filebase64sha256("${path.module}/start.zip")
  timeout          = var.timeout
  memory_size      = 256
  kms_key_arn      = aws_kms_key.this.arn
  environment {
    variables = { CONFIG = jsonencode({ parameter = aws_ssm_parameter.checkpoint.name }) }
  }
  tracing_config { mode = "Active" }
  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.this["/aws/lambda/function-start-abc123"].name
  }
}

resource "aws_sfn_state_machine" "this" {
  name     = "statemachine-abc123"
  role_arn = aws_iam_role.this["states"].arn
  publish  = false
  definition = jsonencode({
    QueryLanguage = "JSONata"
    StartAt       = "Begin"
    States = {
      Begin = {
        Type      = "Task"
        Resource  = "arn:aws:states:::lambda:invoke"
        Arguments = { FunctionName = aws_lambda_function.start.arn, Payload = "{% $states.input %}" }
        Assign    = { stage = "{% $states.result.Payload.stage %}" }
        Next      = "Checkpoint"
      }
      Checkpoint = {
        Type     = "Task"
        Resource = "arn:aws:states:::aws-sdk:ssm:putParameter"
        Arguments = {
          Name      = aws_ssm_parameter.checkpoint.name
          Overwrite = true
          Value     = "{% $string({'stage': $stage, 'execution': $states.context.Execution.Id}) %}"
        }
        Output = { stage = "{% $stage %}" }
        End    = true
      }
    }
  })
  logging_configuration {
    include_execution_data = true
    level                  = "ALL"
    log_destination        = "${aws_cloudwatch_log_group.this["/aws/vendedlogs/states/machine-abc123"].arn}:*"
  }
  tracing_configuration { enabled = true }
}

output "state_machine_arn" {
  value = aws_sfn_state_machine.this.arn
}
