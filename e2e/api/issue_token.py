"""Signs in as ana and issues a bearer token, as a program would be given one: issue_token.py ADDRESS"""

import hashlib
import secrets
import sys

import requests

address = sys.argv[1]
session = requests.Session()
signed_in = session.post(f"{address}/api/sign-in", json={"login": "ana", "password": "demo-mizarstvo"}).json()
token = secrets.token_hex(32)
body = {"name": "API tests", "user_id": signed_in["user"]["id"], "token_hash": hashlib.sha256(token.encode()).hexdigest()}
session.post(f"{address}/odata/Tokens/issue", json=body, headers={"x-csrf": signed_in["csrf"]}).raise_for_status()
print(token)
