# Scenario 9: may change the delivery pipeline and may read the production secrets.
module "delivery" {
  source      = "../bedrock-agent"
  name        = "${var.prefix}-delivery"
  instruction = "You keep the delivery pipeline healthy and investigate failed releases."
  tools       = { inspect_release = "Shows a release and its logs", repair_pipeline = "Changes the build" }
  statements = [
    { actions = ["codebuild:UpdateProject", "codebuild:StartBuild", "codebuild:BatchGetProjects"], resources = [aws_codebuild_project.release.arn] },
    { actions = ["secretsmanager:GetSecretValue"], resources = [aws_secretsmanager_secret.database.arn] },
  ]
}

resource "aws_secretsmanager_secret" "database" {
  name = "${var.prefix}/prod/database"
  tags = { environment = "prod", data-classification = "restricted" }
}

resource "aws_iam_role" "release" {
  name = "${var.prefix}-release"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "codebuild.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

resource "aws_iam_role_policy" "release" {
  name = "deploy"
  role = aws_iam_role.release.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["lambda:UpdateFunctionCode", "s3:PutObject"], Resource = "*" }]
  })
}

resource "aws_codebuild_project" "release" {
  name         = "${var.prefix}-release"
  service_role = aws_iam_role.release.arn

  artifacts {
    type = "NO_ARTIFACTS"
  }

  environment {
    compute_type = "BUILD_GENERAL1_SMALL"
    image        = "aws/codebuild/standard:7.0"
    type         = "LINUX_CONTAINER"
  }

  source {
    type      = "NO_SOURCE"
    buildspec = "version: 0.2\nphases: {build: {commands: [make release]}}"
  }
}

# Looks the same and is not: it may see that a secret exists, not what is in it, and start a build, not change it.
module "release_status" {
  source      = "../bedrock-agent"
  name        = "${var.prefix}-release-status"
  instruction = "You say how the last release went."
  tools       = { show_release = "Shows the last release" }
  statements = [
    { actions = ["codebuild:BatchGetProjects", "codebuild:BatchGetBuilds"], resources = [aws_codebuild_project.release.arn] },
    { actions = ["secretsmanager:DescribeSecret"], resources = [aws_secretsmanager_secret.database.arn] },
  ]
}
