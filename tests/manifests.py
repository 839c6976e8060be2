#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The manifests that the manual shows: read by a parser, held to the rules of
the APIs they are for, and their commands run once for every index.

usage: manifests.py job.yaml|job.json FOLDER, in which the commands run
"""
import json
import os
import subprocess
import sys

# Kubernetes API reference, batch/v1 Job and core/v1 Pod: what a mapping at each
# place may hold ("*": any keys), for the places that are used.
FIELDS = {
    "": "apiVersion kind metadata spec",
    "metadata": "name namespace labels annotations",
    "spec": "completionMode completions parallelism backoffLimit "
            "backoffLimitPerIndex maxFailedIndexes podFailurePolicy suspend "
            "activeDeadlineSeconds ttlSecondsAfterFinished template",
    "spec.podFailurePolicy": "rules",
    "spec.podFailurePolicy.rules[]": "action onExitCodes onPodConditions",
    "spec.podFailurePolicy.rules[].onExitCodes":
        "containerName operator values",
    "spec.podFailurePolicy.rules[].onPodConditions[]": "type status",
    "spec.template": "metadata spec",
    "spec.template.spec": "restartPolicy containers volumes",
    "spec.template.spec.containers[]":
        "name image command args workingDir env resources volumeMounts",
    "spec.template.spec.containers[].resources": "requests limits",
    "spec.template.spec.containers[].resources.requests": "cpu memory",
    "spec.template.spec.containers[].resources.limits": "cpu memory",
    "spec.template.spec.containers[].volumeMounts[]":
        "name mountPath readOnly subPath",
    "spec.template.spec.volumes[]": "name persistentVolumeClaim",
    "spec.template.spec.volumes[].persistentVolumeClaim": "claimName readOnly",
}
# AWS Batch, RegisterJobDefinition
AWS_FIELDS = {
    "": "jobDefinitionName type parameters retryStrategy containerProperties "
        "timeout tags",
    "retryStrategy": "attempts evaluateOnExit",
    "retryStrategy.evaluateOnExit[]":
        "onExitCode onReason onStatusReason action",
    "containerProperties": "image command resourceRequirements volumes "
                           "mountPoints environment jobRoleArn "
                           "executionRoleArn user",
    "containerProperties.resourceRequirements[]": "type value",
    "containerProperties.volumes[]": "name host efsVolumeConfiguration",
    "containerProperties.volumes[].efsVolumeConfiguration":
        "fileSystemId rootDirectory transitEncryption",
    "containerProperties.mountPoints[]": "sourceVolume containerPath readOnly",
}


def check(condition, message):
    if not condition:
        sys.exit(f"{sys.argv[1]}: {message}")


def check_fields(value, fields, place=""):
    """No key that the API does not know at its place."""
    if isinstance(value, list):
        for item in value:
            check_fields(item, fields, place + "[]")
    elif isinstance(value, dict):
        check(place in fields, f"{place} is no mapping")
        for key, item in value.items():
            check(key in fields[place].split(), f"{place}: no field {key}")
            check_fields(item, fields, f"{place}.{key}" if place else key)


def check_names(what, mounts, volumes):
    check({m for m in mounts} == {v for v in volumes},
          f"{what}: mounts {mounts} of volumes {volumes}")


def kubernetes(path):
    import yaml
    with open(path) as file:
        job = yaml.safe_load(file)
    check_fields(job, FIELDS)
    check((job["apiVersion"], job["kind"]) == ("batch/v1", "Job"), "no Job")
    spec, pod = job["spec"], job["spec"]["template"]["spec"]
    check(spec["completionMode"] == "Indexed", "backoffLimitPerIndex needs it")
    check(0 < spec["parallelism"] <= spec["completions"], "parallelism")
    check(pod["restartPolicy"] == "Never", "podFailurePolicy needs Never")
    rules = {}
    for rule in spec["podFailurePolicy"]["rules"]:
        check(rule["action"] in ("FailJob", "FailIndex", "Ignore", "Count"),
              f"no action {rule['action']}")
        check(("onExitCodes" in rule) != ("onPodConditions" in rule),
              "a rule has one condition")
        codes = rule.get("onExitCodes")
        if codes:
            check(codes["operator"] in ("In", "NotIn"), "operator")
            check(codes["operator"] == "NotIn" or 0 not in codes["values"],
                  "0 is no failure")
            rules.update(dict.fromkeys(codes["values"], rule["action"]))
    check(rules == {2: "FailJob", 75: "Ignore"}, f"exit statuses: {rules}")
    container, = pod["containers"]
    check_names(path, [m["name"] for m in container["volumeMounts"]],
                [v["name"] for v in pod["volumes"]])
    check(all(isinstance(word, str) for word in container["command"]),
          "a word of the command is no string")
    check(container["workingDir"] in
          [m["mountPath"] for m in container["volumeMounts"]], "workingDir")
    return container["command"], "JOB_COMPLETION_INDEX", spec["completions"]


def aws_batch(path):
    with open(path) as file:
        job = json.load(file)
    check_fields(job, AWS_FIELDS)
    check(job["type"] == "container", "type")
    retry = job["retryStrategy"]
    check(1 <= retry["attempts"] <= 10, "1 to 10 attempts")
    check(len(retry["evaluateOnExit"]) <= 5, "at most 5 rules")
    actions = {}
    for rule in retry["evaluateOnExit"]:
        check(rule["action"] in ("RETRY", "EXIT"), f"action {rule['action']}")
        if "onExitCode" in rule:
            actions[rule["onExitCode"]] = rule["action"]
    check(actions == {"2": "EXIT", "1": "RETRY", "75": "RETRY"}, str(actions))
    container = job["containerProperties"]
    needs = {r["type"]: r["value"] for r in container["resourceRequirements"]}
    check(set(needs) == {"VCPU", "MEMORY"}
          and all(isinstance(v, str) for v in needs.values()), str(needs))
    check_names(path, [m["sourceVolume"] for m in container["mountPoints"]],
                [v["name"] for v in container["volumes"]])
    command = [word.replace("cd /night && ", "")
               for word in container["command"]]
    return command, "AWS_BATCH_JOB_ARRAY_INDEX", 8


def main():
    path, folder = sys.argv[1:]
    read = kubernetes if path.endswith(".yaml") else aws_batch
    command, variable, n = read(path)
    check(f"auto/{n}" in " ".join(command), f"not auto/{n}")
    for index in range(n):
        done = subprocess.run(command, cwd=folder,
                              env=dict(os.environ, **{variable: str(index)}))
        check(done.returncode == 0, f"index {index}: {done.returncode}")


main()
