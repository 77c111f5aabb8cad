"""An identity provider for tests: honest by default, hostile in one named way on demand.

It runs in a process of its own, on this machine only, and needs nothing but Python. It listens on the port that it is given, or on
a free one for 0, writes the port on the first line of its output, and ends when its input is closed.
"""

import base64
import hashlib
import hmac
import json
import secrets
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote_plus, urlencode, urlsplit

CLIENT, SECRET = "the-console", "a secret of the console: %&+ and more"
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def is_prime(n):
    if any(n % small == 0 for small in (3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47)):
        return False
    d, r = n - 1, 0
    while d % 2 == 0:
        d, r = d // 2, r + 1
    for _ in range(8):
        x = pow(secrets.randbelow(n - 3) + 2, d, n)
        if x in (1, n - 1):
            continue
        for _ in range(r - 1):
            x = pow(x, 2, n)
            if x == n - 1:
                break
        else:
            return False
    return True


def prime(bits):
    while True:
        n = secrets.randbits(bits) | 1 | (3 << (bits - 2))
        if (n - 1) % 65537 and is_prime(n):
            return n


class Key:
    """An RSA key of 2048 bits, made for this run."""

    def __init__(self, kid):
        p, q = prime(1024), prime(1024)
        self.kid, self.n = kid, p * q
        self.d = pow(65537, -1, (p - 1) * (q - 1))

    def sign(self, message):
        prefix = bytes.fromhex("3031300d060960864801650304020105000420")
        digest = prefix + hashlib.sha256(message).digest()
        padded = b"\x00\x01" + b"\xff" * (256 - 3 - len(digest)) + b"\x00" + digest
        return pow(int.from_bytes(padded, "big"), self.d, self.n).to_bytes(256, "big")

    def jwk(self):
        n = b64(self.n.to_bytes(256, "big"))
        return {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.kid, "n": n, "e": "AQAB"}

    def pem(self):
        """The public key as it is published, in which an attacker signs with HS256."""
        n = b"\x00" + self.n.to_bytes(256, "big")
        pair = b"\x02\x82\x01\x01" + n + b"\x02\x03\x01\x00\x01"
        key = b"\x30\x82" + len(pair).to_bytes(2, "big") + pair
        bits = b"\x00" + key
        head = bytes.fromhex("300d06092a864886f70d0101010500")
        body = head + b"\x03\x82" + len(bits).to_bytes(2, "big") + bits
        der = base64.encodebytes(b"\x30\x82" + len(body).to_bytes(2, "big") + body).decode()
        return f"-----BEGIN PUBLIC KEY-----\n{der}-----END PUBLIC KEY-----\n".encode()


KEY, STRANGER = Key("one"), Key("two")


def token(claims, typ="JWT", alg="RS256", key=None, kid=None, text=None):
    key = key or KEY
    header = b64(json.dumps({"alg": alg, "typ": typ, "kid": kid or key.kid}).encode())
    message = f"{header}.{b64((text or json.dumps(claims)).encode())}".encode()
    if alg == "none":
        signature = b""
    elif alg == "HS256":
        signature = hmac.new(KEY.pem(), message, hashlib.sha256).digest()
    else:
        signature = key.sign(message)
    made = f"{message.decode()}.{b64(signature)}"
    STATE.secrets.append(made)
    return made


class State:
    """What the provider knows, and in which way it is hostile now."""

    def __init__(self):
        self.case, self.person, self.claims = "honest", "maker", {}
        # Where its keys and its endpoint for codes are.
        self.place = ""
        self.codes, self.secrets, self.seen, self.last_code = {}, [], [], None


STATE = State()
ISSUER = ""


def document(issuer, case=""):
    found = {
        "issuer": issuer,
        "authorization_endpoint": f"{ISSUER}/authorize",
        "token_endpoint": f"{ISSUER}{STATE.place}/token",
        "jwks_uri": f"{ISSUER}{STATE.place}/keys",
        "end_session_endpoint": f"{ISSUER}/logout",
        "response_types_supported": ["code"],
        "code_challenge_methods_supported": ["S256"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        "authorization_response_iss_parameter_supported": True,
    }
    found.update({
        "another-issuer": {"issuer": "https://id.evil.example"},
        "another-spelling": {"issuer": issuer + "/"},
        "keys-in-clear-text": {"jwks_uri": "http://keys.evil.example/keys"},
        "codes-in-clear-text": {"token_endpoint": "http://id.evil.example/token"},
        "keys-in-a-file": {"jwks_uri": "file:///etc/passwd"},
        "no-proof-of-the-client": {"code_challenge_methods_supported": ["plain"]},
        "no-public-keys": {"id_token_signing_alg_values_supported": ["HS256", "none"]},
        "no-codes": {"response_types_supported": ["id_token"]},
        "no-keys": {"jwks_uri": f"{ISSUER}/no-keys"},
    }.get(case, {}))
    return found


def id_token(asked):
    now, case = int(time.time()), STATE.case
    claims = {
        "iss": ISSUER, "aud": CLIENT, "sub": STATE.person, "nonce": asked["nonce"], "iat": now, "exp": now + 300,
        "auth_time": now, "sid": f"session-of-{STATE.person}", "email": f"{STATE.person}@marker.example",
        "email_verified": True, **STATE.claims,
    }
    claims.update({
        "wrong-nonce": {"nonce": "0" * 64},
        "wrong-audience": {"aud": "another-client"},
        "another-issuer": {"iss": "https://id.evil.example"},
        "expired": {"iat": now - 900, "exp": now - 600},
        "not-yet-valid": {"nbf": now + 600},
        "issued-in-the-future": {"iat": now + 600, "exp": now + 900},
        "valid-for-a-year": {"exp": now + 366 * 86400},
        "for-another-client-too": {"aud": [CLIENT, "another-client"], "azp": "another-client"},
        "for-several-clients": {"aud": [CLIENT, "another-client"]},
        "proof-in-the-future": {"auth_time": now + 600},
        "a-service": {"sub": "system:expiry-watch"},
        "an-invisible-subject": {"sub": "ma\u200bker"},
        "a-number-as-subject": {"sub": 7},
        "a-list-as-session": {"sid": ["a"]},
        "a-wrong-branch": {"branchId": {"id": 1}},
    }.get(case, {}))
    for name in {"no-nonce": ["nonce"], "no-expiry": ["exp"], "no-subject": ["sub"], "no-issue": ["iat"],
                 "no-audience": ["aud"]}.get(case, []):
        del claims[name]
    if case == "old-proof":
        claims["auth_time"] = now - 3600
    if case == "no-time-of-the-proof":
        del claims["auth_time"]
    how = {
        "no-algorithm": {"alg": "none"},
        "public-key-as-secret": {"alg": "HS256"},
        "unknown-key": {"key": STRANGER},
        "wrong-signature": {"key": STRANGER, "kid": "one"},
        "an-access-token": {"typ": "at+jwt"},
        "a-logout-token": {"typ": "logout+jwt"},
        "a-claim-twice": {"text": json.dumps(claims)[:-1] + ', "sub": "admin"}'},
        "not-json": {"text": "<html>"},
        "too-long": {"text": json.dumps({**claims, "groups": ["g" * 100] * 200})},
    }.get(case, {})
    return token(claims, **how)


def logout_token(case, claims):
    now = int(time.time())
    made = {"iss": ISSUER, "aud": CLIENT, "iat": now, "exp": now + 120, "jti": secrets.token_hex(8), "events": {LOGOUT: {}},
            **claims}
    made.update({
        "with-nonce": {"nonce": "n"},
        "other-event": {"events": {"http://schemas.openid.net/event/other": {}}},
        "event-is-no-object": {"events": {LOGOUT: True}},
        "other-audience": {"aud": "another-client"},
        "other-issuer": {"iss": "https://id.evil.example"},
        "expired": {"iat": now - 100, "exp": now - 60},
        "too-old": {"iat": now - 600, "exp": now + 120},
        "from-the-future": {"iat": now + 600, "exp": now + 900},
        "session-is-a-list": {"sid": ["a"]},
    }.get(case, {}))
    for name in {"without-events": ["events"], "without-id": ["jti"], "without-issue": ["iat"], "without-expiry": ["exp"],
                 "ends-nothing": ["sid", "sub"]}.get(case, []):
        made.pop(name, None)
    how = {
        "no-algorithm": {"alg": "none"},
        "public-key-as-secret": {"alg": "HS256"},
        "unknown-key": {"key": STRANGER},
        "wrong-signature": {"key": STRANGER, "kid": "one"},
        "an-access-token": {"typ": "at+jwt"},
    }.get(case, {"typ": "logout+jwt"})
    return token(made, **how)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body, kind="application/json", **headers):
        body = body if isinstance(body, bytes) else (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.send_header("connection", "close")
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def form(self):
        return self.rfile.read(int(self.headers.get("content-length") or 0)).decode()

    def broken(self, case):
        """Answers of a server that is broken or means harm, whatever is asked. Whether it was one."""
        if case.endswith("html"):
            self.answer(200, "<html><body>marker</body></html>", "text/html")
        elif case.endswith("500"):
            self.answer(500, {"error": "server_error", "error_description": "marker"})
        elif case.endswith("huge"):
            self.answer(200, json.dumps({"filler": "x" * (2 << 20)}))
        elif case.endswith("slow"):
            time.sleep(7)
            self.answer(200, {})
        elif case.endswith("redirect"):
            self.answer(307, "", location=f"{ISSUER}/elsewhere")
        elif case.endswith("cut"):
            self.send_response(200)
            self.send_header("content-length", "1000")
            self.end_headers()
            self.wfile.write(b"{")
            self.close_connection = True
        else:
            return False
        return True

    def do_GET(self):
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        STATE.seen.append(url.path)
        if url.path.endswith("/.well-known/openid-configuration"):
            case = url.path.split("/")[1] if url.path.count("/") > 2 else ""
            if not self.broken(case):
                self.answer(200, document(f"{ISSUER}/{case}" if case else ISSUER, case))
        elif url.path == f"{STATE.place}/keys":
            self.answer(200, {"keys": [KEY.jwk()]})
        elif url.path == "/no-keys":
            self.answer(200, {"keys": []})
        elif url.path == "/authorize":
            self.authorize(query)
        elif url.path == "/logout":
            self.answer(200, "signed out", "text/plain")
        elif url.path == "/test/secrets":
            self.answer(200, STATE.secrets)
        elif url.path == "/test/seen":
            self.answer(200, STATE.seen)
        elif url.path == "/test/authorized":
            self.answer(200, STATE.asked)
        else:
            self.answer(404, "")

    def authorize(self, query):
        code, case = secrets.token_urlsafe(24), STATE.case
        STATE.codes[code] = STATE.asked = query
        STATE.secrets += [code, query["state"], query["nonce"]]
        back = {"code": code, "state": query["state"], "iss": ISSUER}
        if case == "code-of-before":
            back["code"] = STATE.last_code
        STATE.last_code = code
        back.update({
            "mix-up": {"iss": "https://id.evil.example"},
            "another-state": {"state": "0" * 64},
            "refuses": {"error": "access_denied", "error_description": "<script>marker</script>"},
        }.get(case, {}))
        for name in {"names-no-issuer": ["iss"], "no-state": ["state"], "no-code": ["code"], "refuses": ["code"]}.get(case, []):
            del back[name]
        more = {"state-twice": f"&state={query['state']}", "code-twice": "&code=marker"}.get(case, "")
        self.answer(302, "", location=f"{query['redirect_uri']}?{urlencode(back)}{more}")

    def do_POST(self):
        path, text = urlsplit(self.path).path, self.form()
        STATE.seen.append(path)
        if path == f"{STATE.place}/token":
            self.redeem(parse_qs(text))
        elif path == "/test/case":
            change = json.loads(text)
            STATE.case = change.get("case", "honest")
            STATE.person, STATE.claims = change.get("person", STATE.person), change.get("claims", STATE.claims)
            self.answer(200, {})
        elif path == "/test/place":
            # Another key as well; the one of before signs nothing from now on.
            global KEY, STRANGER
            KEY, STRANGER = STRANGER, KEY
            STATE.place = json.loads(text)["place"]
            self.answer(200, {})
        elif path == "/test/logout-token":
            change = json.loads(text)
            self.answer(200, logout_token(change["case"], change["claims"]), "text/plain")
        else:
            self.answer(404, "")

    def redeem(self, form):
        form = {name: values[0] for name, values in form.items()}
        kind, _, pair = (self.headers.get("authorization") or "").partition(" ")
        name, _, secret = base64.b64decode(pair).decode().partition(":") if kind == "Basic" else ("", "", "")
        if (unquote_plus(name), unquote_plus(secret)) != (CLIENT, SECRET):
            return self.answer(401, {"error": "invalid_client"})
        if STATE.case.startswith("codes-") and self.broken(STATE.case):
            return None
        asked = STATE.codes.pop(form.get("code"), None)
        challenge = b64(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        right = asked and form.get("grant_type") == "authorization_code" and asked["code_challenge"] == challenge
        if not right or asked["redirect_uri"] != form.get("redirect_uri") or asked["code_challenge_method"] != "S256":
            return self.answer(400, {"error": "invalid_grant", "error_description": "marker"})
        STATE.secrets.append(form["code_verifier"])
        answer = {"access_token": secrets.token_urlsafe(24), "token_type": "Bearer", "id_token": id_token(asked)}
        STATE.secrets.append(answer["access_token"])
        if STATE.case == "no-id-token":
            del answer["id_token"]
        return self.answer(200, answer)


def main():
    global ISSUER
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
    server.daemon_threads = True
    # A service that does not wait for a slow answer breaks the connection.
    server.handle_error = lambda *_: None
    ISSUER = f"http://127.0.0.1:{server.server_address[1]}"
    print(server.server_address[1], flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()


if __name__ == "__main__":
    main()
