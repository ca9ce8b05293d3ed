//! A linear model as a graph of ONNX operators, with numbers of 64 bits, from tokens on.
//!
//! The input is a tensor of strings, a row of tokens per message, shorter rows filled up with empty
//! strings. Numbers of fields are those of `onnx.proto3` (ONNX 1.23), operators those of opset 18.

use super::linear::LinearExport;
use super::protobuf::Message;
use crate::dataset::Representation;
use crate::results::Calibration;

/// Version of the file format, and of the set of operators.
const IR_VERSION: i64 = 9;
const OPSET: i64 = 18;
/// Types of numbers.
const FLOAT: i64 = 1;
const INT64: i64 = 7;
const STRING: i64 = 8;
const DOUBLE: i64 = 11;
/// The least length that a row is divided by.
const LEAST_LENGTH: f64 = 1e-300;

/// A linear model as ONNX, from the tokens of messages to scores, log-odds, probabilities and
/// verdicts; None if it reads what ONNX has no operators for.
pub fn to_onnx(linear: &LinearExport) -> Option<Vec<u8>> {
    let mut graph = Graph::default();
    let values = values(&mut graph, linear)?;
    let columns = linear.weights.len() as i64;
    let weights = graph.numbers("weights", &[columns, 1], &linear.weights);
    let sum = graph.node("MatMul", &[&values, &weights], &[]);
    let bias = graph.number("bias", linear.bias);
    let score = graph.named("Add", &[&sum, &bias], "score");
    let odds = log_odds(&mut graph, &linear.calibration, &score, &values);
    let odds = graph.named("Identity", &[&odds], "log_odds");
    graph.named("Sigmoid", &[&odds], "probability");
    verdict(&mut graph, linear, &odds);
    let opset = Message::default().number(2, OPSET);
    let model = Message::default()
        .number(1, IR_VERSION)
        .bytes(2, "spamlab")
        .bytes(3, &linear.program)
        .bytes(
            6,
            format!("{}: tokens of messages to verdicts", linear.model),
        )
        .message(7, &graph.finish(&linear.model))
        .message(8, &opset);
    Some(model.0)
}

/// The value of each column for each message.
fn values(graph: &mut Graph, linear: &LinearExport) -> Option<String> {
    let columns: Vec<i64> = (0..linear.tokens.len() as i64).collect();
    let one = Message::default;
    let attributes = [
        attribute("mode", 3, one().bytes(4, "TF")),
        attribute("min_gram_length", 2, one().number(3, 1)),
        attribute("max_gram_length", 2, one().number(3, 1)),
        attribute("max_skip_count", 2, one().number(3, 0)),
        attribute("ngram_counts", 7, one().number(8, 0)),
        attribute(
            "ngram_indexes",
            7,
            one().each(columns, |to, at| to.number(8, at)),
        ),
        attribute(
            "pool_strings",
            8,
            one().each(&linear.tokens, |to, token| to.bytes(9, token)),
        ),
    ];
    let counts = graph.node("TfIdfVectorizer", &["tokens"], &attributes);
    let counts = graph.cast(&counts, DOUBLE);
    let unit = graph.number("one", 1.0);
    match linear.reads {
        Representation::Counts => Some(counts),
        Representation::Binary => Some(graph.node("Min", &[&counts, &unit], &[])),
        Representation::TfIdf => {
            // 1 + ln count where there is a count, and 0 elsewhere.
            let known = graph.node("Min", &[&counts, &unit], &[]);
            let at_least_one = graph.node("Max", &[&counts, &unit], &[]);
            let logarithm = graph.node("Log", &[&at_least_one], &[]);
            let frequency = graph.node("Add", &[&known, &logarithm], &[]);
            let idf = linear.idf.as_deref()?;
            let idf = graph.numbers("idf", &[1, idf.len() as i64], idf);
            let weighted = graph.node("Mul", &[&frequency, &idf], &[]);
            let axes = graph.whole_numbers("columns", &[1]);
            let length = graph.node("ReduceL2", &[&weighted, &axes], &[]);
            let least = graph.number("least_length", LEAST_LENGTH);
            let length = graph.node("Max", &[&length, &least], &[]);
            let scaled = graph.node("Div", &[&weighted, &length], &[]);
            // Rows of a model hold 32 bits.
            let rounded = graph.cast(&scaled, FLOAT);
            Some(graph.cast(&rounded, DOUBLE))
        }
        _ => None,
    }
}

/// Calibrated log-odds of a score.
fn log_odds(graph: &mut Graph, by: &Calibration, score: &str, values: &str) -> String {
    match by {
        Calibration::Identity => score.to_owned(),
        Calibration::Platt { slope, intercept } => {
            let slope = graph.number("slope", *slope);
            let sloped = graph.node("Mul", &[score, &slope], &[]);
            let intercept = graph.number("intercept", *intercept);
            graph.node("Add", &[&sloped, &intercept], &[])
        }
        Calibration::PlattByLength {
            sum,
            mean,
            intercept,
        } => {
            let axes = graph.whole_numbers("symbols_of", &[1]);
            let symbols = graph.node("ReduceSum", &[values, &axes], &[]);
            let unit = graph.number("one_symbol", 1.0);
            let symbols = graph.node("Max", &[&symbols, &unit], &[]);
            let of_sum = graph.number("sum", *sum);
            let of_sum = graph.node("Mul", &[score, &of_sum], &[]);
            let of_mean = graph.number("mean", *mean);
            let share = graph.node("Div", &[score, &symbols], &[]);
            let of_mean = graph.node("Mul", &[&share, &of_mean], &[]);
            let both = graph.node("Add", &[&of_sum, &of_mean], &[]);
            let intercept = graph.number("intercept", *intercept);
            graph.node("Add", &[&both, &intercept], &[])
        }
        Calibration::Isotonic { first, steps } => {
            let first = log_odds(graph, first, score, values);
            along(graph, steps, &first)
        }
    }
}

/// The piecewise linear function through these points: its first value, and for each piece the
/// slope times how far into it `x` is.
fn along(graph: &mut Graph, points: &[[f64; 2]], x: &str) -> String {
    let Some(first) = points.first() else {
        return x.to_owned();
    };
    let pieces = || points.windows(2).map(|ends| (ends[0], ends[1]));
    let pieces = pieces().filter(|([from, _], [to, _])| to > from);
    let pieces: Vec<[f64; 3]> = pieces
        .map(|([from, low], [to, high])| [from, to - from, (high - low) / (to - from)])
        .collect();
    let start = graph.number("first_step", first[1]);
    if pieces.is_empty() {
        let zero = graph.number("no_step", 0.0);
        let nothing = graph.node("Mul", &[x, &zero], &[]);
        return graph.node("Add", &[&nothing, &start], &[]);
    }
    let number = pieces.len() as i64;
    let of = |at: usize| pieces.iter().map(|piece| piece[at]).collect::<Vec<f64>>();
    let from = graph.numbers("steps_from", &[1, number], &of(0));
    let widths = graph.numbers("steps_wide", &[1, number], &of(1));
    let slopes = graph.numbers("steps_slope", &[number, 1], &of(2));
    let zero = graph.number("no_way", 0.0);
    let into = graph.node("Sub", &[x, &from], &[]);
    let into = graph.node("Max", &[&into, &zero], &[]);
    let into = graph.node("Min", &[&into, &widths], &[]);
    let rise = graph.node("MatMul", &[&into, &slopes], &[]);
    graph.node("Add", &[&rise, &start], &[])
}

/// Ham, unsure or spam, by the decision of the model.
fn verdict(graph: &mut Graph, linear: &LinearExport, odds: &str) {
    let decision = linear.decision.decision;
    let threshold = graph.number("threshold", decision.threshold);
    let is_spam = graph.node("GreaterOrEqual", &[odds, &threshold], &[]);
    let [ham, spam, unsure] = ["ham", "spam", "unsure"].map(|text| graph.text(text));
    let by_threshold = graph.node("Where", &[&is_spam, &spam, &ham], &[]);
    let [low, high] = decision
        .unsure_band
        .unwrap_or([f64::INFINITY, f64::NEG_INFINITY]);
    let (low, high) = (graph.number("low", low), graph.number("high", high));
    let above = graph.node("Greater", &[odds, &low], &[]);
    let below = graph.node("Less", &[odds, &high], &[]);
    let is_unsure = graph.node("And", &[&above, &below], &[]);
    graph.named("Where", &[&is_unsure, &unsure, &by_threshold], "verdict");
}

/// An attribute of a node: its name, what type it has (`AttributeProto.AttributeType`), its value.
fn attribute(name: &str, kind: i64, value: Message) -> Message {
    let named = Message::default().bytes(1, name);
    let Message(value) = value;
    let Message(named) = named;
    Message([named, value].concat()).number(20, kind)
}

/// A graph, operator by operator.
#[derive(Default)]
struct Graph {
    nodes: Vec<Message>,
    constants: Vec<Message>,
}

impl Graph {
    /// An operator, whose result has a name of its own.
    fn node(&mut self, operator: &str, inputs: &[&str], attributes: &[Message]) -> String {
        let result = format!("{operator}_{}", self.nodes.len());
        self.add(operator, inputs, attributes, &result);
        result
    }

    /// An operator whose result has this name.
    fn named(&mut self, operator: &str, inputs: &[&str], result: &str) -> String {
        self.add(operator, inputs, &[], result);
        result.to_owned()
    }

    fn add(&mut self, operator: &str, inputs: &[&str], attributes: &[Message], result: &str) {
        let node = Message::default()
            .each(inputs, |to, input| to.bytes(1, input))
            .bytes(2, result)
            .bytes(4, operator)
            .each(attributes, |to, attribute| to.message(5, attribute));
        self.nodes.push(node);
    }

    fn cast(&mut self, value: &str, to: i64) -> String {
        let to = attribute("to", 2, Message::default().number(3, to));
        self.node("Cast", &[value], &[to])
    }

    /// Constant numbers of 64 bits.
    fn numbers(&mut self, name: &str, shape: &[i64], values: &[f64]) -> String {
        let bytes: Vec<u8> = values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect();
        self.constant(name, shape, DOUBLE, |to| to.bytes(9, &bytes))
    }

    fn number(&mut self, name: &str, value: f64) -> String {
        self.numbers(name, &[1], &[value])
    }

    fn whole_numbers(&mut self, name: &str, values: &[i64]) -> String {
        let bytes: Vec<u8> = values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect();
        self.constant(name, &[values.len() as i64], INT64, |to| {
            to.bytes(9, &bytes)
        })
    }

    fn text(&mut self, text: &str) -> String {
        self.constant(text, &[1], STRING, |to| to.bytes(6, text))
    }

    fn constant(
        &mut self,
        name: &str,
        shape: &[i64],
        kind: i64,
        value: impl FnOnce(Message) -> Message,
    ) -> String {
        // Calibrations within one another have constants of the same name.
        let name = format!("{name}_{}", self.constants.len());
        let head = Message::default()
            .each(shape, |to, &size| to.number(1, size))
            .number(2, kind)
            .bytes(8, &name);
        self.constants.push(value(head));
        name
    }

    fn finish(&self, name: &str) -> Message {
        let outputs = [
            ("score", DOUBLE),
            ("log_odds", DOUBLE),
            ("probability", DOUBLE),
            ("verdict", STRING),
        ];
        let messages = || Message::default().bytes(2, "messages");
        let tokens = tensor(
            "tokens",
            STRING,
            &[messages(), Message::default().bytes(2, "tokens")],
        );
        let one = Message::default().number(1, 1);
        Message::default()
            .each(&self.nodes, |to, node| to.message(1, node))
            .bytes(2, name)
            .each(&self.constants, |to, constant| to.message(5, constant))
            .message(11, &tokens)
            .each(outputs, |to, (name, kind)| {
                to.message(12, &tensor(name, kind, &[messages(), one.clone()]))
            })
    }
}

/// What a tensor is called, what it holds, and its shape.
fn tensor(name: &str, kind: i64, shape: &[Message]) -> Message {
    let shape = Message::default().each(shape, |to, size| to.message(1, size));
    let of = Message::default().number(1, kind).message(2, &shape);
    let of = Message::default().message(1, &of);
    Message::default().bytes(1, name).message(2, &of)
}
