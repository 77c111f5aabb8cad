"""How long the service takes for each page, from the request to the last byte. Not part of the checks: it measures.

CLIENT_SERVICE=target/dist/client-service .ci/check-console --clients 100000 times
"""

import http.client
import time
from urllib.parse import urlsplit

from stage import STAGE, Stage
from views import READ

EACH = 100


class Times(Stage):
    def test_time_of_each_page(self):
        windows, paths = {}, []
        for name, person, reach in READ:
            window = windows.get(person) or windows.setdefault(person, self.window().sign_in(person))
            reach(window)
            address = urlsplit(window.page.url)
            cookie = "; ".join(f"{one['name']}={one['value']}" for one in window.context.cookies())
            paths.append((name, f"{address.path}?{address.query}", cookie))
        connection = http.client.HTTPConnection(urlsplit(self.bank.base).netloc)
        for name, path, cookie in paths:
            taken = []
            for _ in range(EACH):
                begun = time.perf_counter()
                connection.request("GET", path, headers={"cookie": cookie})
                answer = connection.getresponse()
                answer.read()
                taken.append((time.perf_counter() - begun) * 1000)
                self.assertEqual(answer.status, 200, path)
            taken.sort()
            p50, p95 = taken[EACH // 2], taken[EACH * 95 // 100]
            STAGE.pages.setdefault(name, {}).update({"p50": round(p50, 1), "p95": round(p95, 1)})
            print(f"{name}: p50 {p50:.1f} ms, p95 {p95:.1f} ms")
