"""Reads Kubernetes objects as JSON and fails where the API's schema, taken strictly, refuses one."""

import json
import sys

import kubernetes_validate

for each in json.load(sys.stdin):
    kubernetes_validate.validate(each, "1.37", strict=True)
