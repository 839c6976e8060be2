# SPDX-License-Identifier: GPL-3.0-or-later
"""A browser over WebDriver (W3C), with what Chromium's driver adds to it."""
import base64
import json
import re
import subprocess
import urllib.request

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
KEYS = {"enter": "\ue007", "left": "\ue012", "right": "\ue014", "down": "\ue015", "escape": "\ue00c"}
# However slow the machine: longer than any run would be waited for.
PATIENCE = 1800


class NoBrowser(Exception):
    """It does not start; why, in one line."""


class Browser:
    def __init__(self):
        self.process = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True)
        try:
            self._start()
        except BaseException:
            self._stop_driver()
            raise

    def _start(self):
        said = ""
        for said in self.process.stdout:
            port = re.search(r"started successfully on port (\d+)", said)
            if port:
                break
        else:
            raise NoBrowser(f"chromedriver does not start: {said.strip()}")
        self.base = f"http://127.0.0.1:{port[1]}"
        options = {"args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                            "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
                            "--window-size=1400,1000"],
                   "perfLoggingPrefs": {"enableNetwork": True}}
        limit = 1000 * PATIENCE
        wanted = {"capabilities": {"alwaysMatch": {
            "browserName": "chrome", "unhandledPromptBehavior": "ignore", "goog:chromeOptions": options,
            "timeouts": {"script": limit, "pageLoad": limit},
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}}}
        for left in (2, 1, 0):  # the driver waits a minute for its browser
            try:
                made = self._ask("POST", "/session", wanted)
                break
            except (RuntimeError, OSError) as error:
                if left == 0:
                    raise NoBrowser(f"chromium does not start: {str(error)[:200]}") from None
        self.base += "/session/" + made["sessionId"]

    def _stop_driver(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()

    def _ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json"},
                                         method=method)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{path}: {error.read().decode()[:400]}") from None

    def close(self):
        try:
            self._ask("DELETE", "")
        finally:
            self._stop_driver()

    def open(self, path):
        self._ask("POST", "/url", {"url": "file://" + path})

    def run(self, script, *arguments):
        return self._ask("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def find(self, css):
        return self._ask("POST", "/element", {"using": "css selector", "value": css})[ELEMENT]

    def click(self, css):
        self._ask("POST", f"/element/{self.find(css)}/click", {})

    def type(self, css, text):
        self._ask("POST", f"/element/{self.find(css)}/value", {"text": text})

    def text(self, css):
        return self.run("return document.querySelector(arguments[0]).textContent", css)

    def has_alert(self):
        try:
            self._ask("GET", "/alert/text")
            return True
        except RuntimeError:
            return False

    def devtools(self, command, **parameters):
        return self._ask("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def console(self):
        return [entry["message"] for entry in self._ask("POST", "/se/log", {"type": "browser"})]

    def requests(self):
        """The addresses of all that was asked for since the last call."""
        events = [json.loads(entry["message"])["message"]
                  for entry in self._ask("POST", "/se/log", {"type": "performance"})]
        return [event["params"]["request"]["url"] for event in events
                if event["method"] == "Network.requestWillBeSent"]

    def look_like(self, width, dark=False, scale=1):
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=scale,
                      mobile=width < 600)
        self.devtools("Emulation.setEmulatedMedia",
                      features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def shoot(self, path):
        """The whole page as a picture."""
        size = self.devtools("Page.getLayoutMetrics")["cssContentSize"]
        shot = self.devtools("Page.captureScreenshot", captureBeyondViewport=True,
                             clip={"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1})
        with open(path, "wb") as file:
            file.write(base64.b64decode(shot["data"]))
