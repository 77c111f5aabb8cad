"""Verifies recorded deliveries with the libraries that receivers use: deliveries.py FILE SECRET"""

import json
import sys

from cloudevents.core.bindings.http import HTTPMessage, from_structured_event
from cloudevents.core.formats.json import JSONFormat
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

webhook = Webhook(sys.argv[2])
with open(sys.argv[1], encoding="utf-8") as lines:
    deliveries = [json.loads(line) for line in lines]
for delivery in deliveries:
    headers = {name.lower(): value for name, value in delivery["headers"].items()}
    webhook.verify(delivery["body"], headers)
    message = HTTPMessage(headers=headers, body=delivery["body"].encode())
    event = from_structured_event(message, JSONFormat())
    assert event.get_id() == headers["webhook-id"], "the event and the delivery have one id"
    # The control: a delivery with another body is none of ours.
    try:
        webhook.verify(delivery["body"].replace("{", "{ ", 1), headers)
    except WebhookVerificationError:
        continue
    raise AssertionError("a changed delivery was verified")
assert len(deliveries) >= 6, f"only {len(deliveries)} deliveries"
print(f"{len(deliveries)} deliveries verified, none of them once it was changed")
