//! Drives a headless Chromium over the DevTools protocol
//! (<https://chromedevtools.github.io/devtools-protocol/>), with the few commands needed to examine
//! a page.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Message, WebSocket};

/// Time limit for a page.
const PATIENCE: Duration = Duration::from_mins(1);

/// One browser with one page.
pub struct Chromium {
    process: Child,
    socket: WebSocket<MaybeTlsStream<TcpStream>>,
    session: Option<String>,
    last: u64,
    /// The events of the page since it was last opened: method and parameters.
    events: Vec<(String, Value)>,
    _profile: tempfile::TempDir,
}

/// How a page is shown.
#[derive(Debug, Clone, Copy)]
pub struct FeatureView {
    /// Width of the window in CSS pixels.
    pub width: u32,
    /// Whether the reader prefers dark pages.
    pub dark: bool,
    /// Whether scripts run.
    pub scripts: bool,
    /// `screen` or `print`.
    pub media: &'static str,
}

impl Chromium {
    /// Starts the browser at `path`.
    pub fn start(path: &str) -> Chromium {
        let profile = tempfile::tempdir().unwrap();
        let mut process = Command::new(path)
            .args([
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
                "--disable-dev-shm-usage",
                "--no-first-run",
            ])
            .args([
                "--remote-debugging-port=0",
                "--disable-background-networking",
                "--disable-component-update",
            ])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{path} does not start: {error}"));
        let mut lines = BufReader::new(process.stderr.take().unwrap())
            .lines()
            .map_while(Result::ok);
        let said = lines.find_map(|line| {
            line.strip_prefix("DevTools listening on ")
                .map(str::to_owned)
        });
        let address = said.expect("the browser says where it listens");
        // Further output is read and discarded, so that the browser never blocks.
        std::thread::spawn(move || lines.for_each(drop));
        let (socket, _) = tungstenite::connect(address).unwrap();
        if let MaybeTlsStream::Plain(stream) = socket.get_ref() {
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
        }
        let mut browser = Chromium {
            process,
            socket,
            session: None,
            last: 0,
            events: Vec::new(),
            _profile: profile,
        };
        let target =
            browser.call("Target.createTarget", &json!({ "url": "about:blank" }))["targetId"]
                .clone();
        let attached = browser.call(
            "Target.attachToTarget",
            &json!({ "targetId": target, "flatten": true }),
        );
        browser.session = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Network", "Log"] {
            browser.call(&format!("{domain}.enable"), &json!({}));
        }
        browser
    }

    /// Opens a file and waits until it is loaded.
    pub fn open(&mut self, file: &Path, view: FeatureView) {
        let scheme = if view.dark { "dark" } else { "light" };
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.call(
            "Emulation.setEmulatedMedia",
            &json!({ "media": view.media, "features": features }),
        );
        let (width, height) = (view.width, view.width.max(900));
        let size =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", &size);
        self.call(
            "Emulation.setScriptExecutionDisabled",
            &json!({ "value": !view.scripts }),
        );
        self.events.clear();
        self.call(
            "Page.navigate",
            &json!({ "url": format!("file://{}", file.display()) }),
        );
        while !self
            .events
            .iter()
            .any(|(method, _)| method == "Page.loadEventFired")
        {
            let message = self.receive();
            self.note(&message);
        }
    }

    /// The value of an expression in the page, if scripts run.
    pub fn value(&mut self, expression: &str) -> Value {
        let asked =
            json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let answer = self.call("Runtime.evaluate", &asked);
        assert!(
            answer["exceptionDetails"].is_null(),
            "{expression:.200}: {}",
            answer["exceptionDetails"]
        );
        answer["result"]["value"].clone()
    }

    /// Width of the page's content and of its window.
    pub fn widths(&mut self) -> [f64; 2] {
        let sizes = self.call("Page.getLayoutMetrics", &json!({}));
        ["cssContentSize", "cssLayoutViewport"].map(|part| {
            let size = &sizes[part];
            size["width"]
                .as_f64()
                .or_else(|| size["clientWidth"].as_f64())
                .unwrap()
        })
    }

    /// The whole page as a PNG, in base64.
    pub fn picture(&mut self) -> String {
        let size = self.call("Page.getLayoutMetrics", &json!({}))["cssContentSize"].clone();
        let clip =
            json!({ "x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1 });
        let asked = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        self.call("Page.captureScreenshot", &asked)["data"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// Number of sheets of A4 that the page takes in print.
    pub fn sheets(&mut self) -> usize {
        let asked = json!({
            "printBackground": true, "preferCSSPageSize": true,
            "paperWidth": 8.27, "paperHeight": 11.69,
        });
        let answer = self.call("Page.printToPDF", &asked);
        let paper = STANDARD.decode(answer["data"].as_str().unwrap()).unwrap();
        let paper = String::from_utf8_lossy(&paper);
        paper.matches("/Type /Page\n").count()
    }

    /// Errors and warnings of the page since it was opened.
    pub fn complaints(&self) -> Vec<String> {
        let is_one = |(method, told): &&(String, Value)| match method.as_str() {
            "Runtime.exceptionThrown" => true,
            "Log.entryAdded" => {
                told["entry"]["level"] == "error" || told["entry"]["level"] == "warning"
            }
            "Runtime.consoleAPICalled" => told["type"] == "error" || told["type"] == "warning",
            _ => false,
        };
        self.events
            .iter()
            .filter(is_one)
            .map(|(_, told)| told.to_string())
            .collect()
    }

    /// Requests of the page since it was opened, except for the file itself.
    pub fn requests(&self) -> Vec<String> {
        let asked = self
            .events
            .iter()
            .filter(|(method, _)| method == "Network.requestWillBeSent");
        let urls = asked.filter_map(|(_, told)| told["request"]["url"].as_str());
        urls.filter(|url| !url.starts_with("data:"))
            .map(str::to_owned)
            .collect()
    }

    /// Sends a command and returns its result.
    fn call(&mut self, method: &str, parameters: &Value) -> Value {
        self.last += 1;
        let mut command = json!({ "id": self.last, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            command["sessionId"] = json!(session);
        }
        self.socket
            .send(Message::text(command.to_string()))
            .unwrap();
        loop {
            let message = self.receive();
            if message["id"] == json!(self.last) {
                assert!(message["error"].is_null(), "{method}: {}", message["error"]);
                return message["result"].clone();
            }
            self.note(&message);
        }
    }

    fn receive(&mut self) -> Value {
        loop {
            if let Message::Text(text) = self.socket.read().unwrap() {
                return serde_json::from_str(&text).unwrap();
            }
        }
    }

    fn note(&mut self, message: &Value) {
        if let Some(method) = message["method"].as_str() {
            self.events
                .push((method.to_owned(), message["params"].clone()));
        }
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
