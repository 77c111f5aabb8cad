"""What pages weigh: requests and bytes."""

from stage import STAGE, Stage
from views import READ, settle

# A page of the console, without its picture or PDF, is small; so is everything that it loads for the first time.
MOST_REQUESTS = 10
MOST_HTML = 60 * 1024


class Weights(Stage):
    def test_pages_are_light(self):
        windows = {}
        for name, person, reach in READ:
            window = windows.get(person) or windows.setdefault(person, self.window().sign_in(person))
            seen = []
            hear = lambda response: seen.append(response)  # noqa: E731  (only a function can be taken off again)
            window.page.on("response", hear)
            reach(window)
            settle(window.page)
            window.page.remove_listener("response", hear)
            html = next(one for one in seen if one.request.resource_type == "document")
            size = len(html.body())
            STAGE.pages[name] = {"requests": len(seen), "html": size}
            with self.subTest(page=name):
                self.assertLessEqual(len(seen), MOST_REQUESTS)
                self.assertLessEqual(size, MOST_HTML)
