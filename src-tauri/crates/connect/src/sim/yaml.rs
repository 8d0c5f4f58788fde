//! YAML as a bounded tree in which every key and value knows its place.
//!
//! The parser's events are folded into nodes here, and not by a ready-made
//! loader, for the bounds: at most 32 levels deep, at most 500,000 nodes with
//! every alias counted as often as it is used (so that nested aliases can't
//! blow up), and no key twice. Lists are noted but not kept: no scenario key
//! takes one. Only the first document of a file is read.

use super::problem::{Fault, Place, quoted};
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Span, StrInput};
use std::collections::HashMap;
use std::rc::Rc;

const DEPTH_MAX: usize = 32;
const NODES_MAX: usize = 500_000;

/// A value of the file.
#[derive(Debug)]
pub struct Node {
    /// Where it begins.
    pub place: Place,
    /// What it is.
    pub value: Value,
    /// How many nodes it counts for: itself and all below.
    weight: usize,
}

/// What a node can be.
#[derive(Debug)]
pub enum Value {
    /// A word, number or text; `quoted` if it stood in quotation marks.
    Scalar { text: String, quoted: bool },
    /// A list.
    List,
    /// Keys and values in the order of the file, no key twice.
    Map(Map),
}

/// The entries of a map.
pub type Map = Vec<(Key, Rc<Node>)>;

/// A key of a map.
#[derive(Debug)]
pub struct Key {
    /// As written.
    pub text: String,
    /// Where it stands.
    pub place: Place,
}

impl Node {
    /// What it is, in words.
    pub fn kind(&self) -> &'static str {
        match &self.value {
            Value::Scalar { .. } if self.is_null() => "empty",
            Value::Scalar { .. } => "a single value",
            Value::List => "a list",
            Value::Map(_) => "a group of keys",
        }
    }

    /// Whether nothing is written there.
    pub fn is_null(&self) -> bool {
        matches!(&self.value, Value::Scalar { text, quoted: false }
            if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }
}

/// The first document of a file.
pub struct Document {
    /// Its root; none if the file holds nothing but comments.
    pub root: Option<Rc<Node>>,
    /// Where a second document begins, which is not read.
    pub second: Option<Place>,
}

/// Reads the first document of `text`.
pub fn parse(text: &str) -> Result<Document, Fault> {
    let mut parser = Parser::new_from_str(text);
    let mut tree = Tree::default();
    while let Some(next) = parser.next_event() {
        let (event, span) = next.map_err(syntax_fault)?;
        if matches!(event, Event::DocumentEnd) {
            return Ok(Document { root: tree.root, second: second_document(&mut parser)? });
        }
        tree.take(event, span)?;
    }
    Ok(Document { root: None, second: None })
}

fn second_document(parser: &mut Parser<'_, StrInput<'_>>) -> Result<Option<Place>, Fault> {
    match parser.next_event() {
        Some(Ok((Event::DocumentStart(_), span))) => Ok(Some(place(&span.start))),
        Some(Err(error)) => Err(syntax_fault(error)),
        Some(Ok(_)) | None => Ok(None),
    }
}

fn syntax_fault(error: ScanError) -> Fault {
    Fault::at(
        place(error.marker()),
        format!("this is not valid YAML ({})", error.info()),
        "Check the indentation, colons and quotation marks at and just above this line",
    )
}

fn place(marker: &Marker) -> Place {
    Place { line: marker.line().max(1), column: marker.col() + 1 }
}

/// The tree while it grows.
#[derive(Default)]
struct Tree {
    open: Vec<Open>,
    anchors: HashMap<usize, Rc<Node>>,
    nodes: usize,
    root: Option<Rc<Node>>,
}

/// A map or list whose end has not come yet.
struct Open {
    place: Place,
    anchor: usize,
    weight: usize,
    /// None for a list.
    map: Option<OpenMap>,
}

#[derive(Default)]
struct OpenMap {
    entries: Map,
    seen: HashMap<String, Place>,
    key: Option<Key>,
}

impl Tree {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), Fault> {
        let place = place(&span.start);
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let quoted = style != ScalarStyle::Plain;
                self.close(place, Value::Scalar { text: text.into_owned(), quoted }, 1, anchor)
            }
            Event::Alias(anchor) => self.alias(place, anchor),
            Event::MappingStart(anchor, _) => self.open(place, anchor, Some(OpenMap::default())),
            Event::SequenceStart(anchor, _) => self.open(place, anchor, None),
            Event::MappingEnd | Event::SequenceEnd => self.end(),
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => Ok(()),
        }
    }

    fn open(&mut self, place: Place, anchor: usize, map: Option<OpenMap>) -> Result<(), Fault> {
        if self.open.len() >= DEPTH_MAX {
            return Err(Fault::at(
                place,
                format!("the file nests more than {DEPTH_MAX} levels deep"),
                "A scenario needs seven: connectors, a connector, sensors, a sensor, attributes, an attribute, a value",
            ));
        }
        self.open.push(Open { place, anchor, weight: 1, map });
        Ok(())
    }

    fn end(&mut self) -> Result<(), Fault> {
        let Some(Open { place, anchor, weight, map }) = self.open.pop() else { return Ok(()) };
        let value = map.map_or(Value::List, |map| Value::Map(map.entries));
        self.close(place, value, weight, anchor)
    }

    fn alias(&mut self, place: Place, anchor: usize) -> Result<(), Fault> {
        let Some(node) = self.anchors.get(&anchor).cloned() else {
            return Err(Fault::at(
                place,
                "this alias stands inside what it refers to",
                "Write the values out",
            ));
        };
        self.nodes = self.nodes.saturating_add(node.weight);
        self.put(place, node)
    }

    fn close(&mut self, place: Place, value: Value, weight: usize, anchor: usize) -> Result<(), Fault> {
        let node = Rc::new(Node { place, value, weight });
        if anchor != 0 {
            self.anchors.insert(anchor, Rc::clone(&node));
        }
        self.nodes += 1;
        self.put(place, node)
    }

    /// Hands a finished node to the map or list around it.
    fn put(&mut self, place: Place, node: Rc<Node>) -> Result<(), Fault> {
        if self.nodes > NODES_MAX {
            return Err(Fault::at(
                place,
                format!("the file holds more than {NODES_MAX} values, those behind aliases included"),
                "Split it into several scenarios, and take out aliases of aliases",
            ));
        }
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        open.weight = open.weight.saturating_add(node.weight);
        open.map.as_mut().map_or(Ok(()), |map| map.put(place, node))
    }
}

impl OpenMap {
    fn put(&mut self, place: Place, node: Rc<Node>) -> Result<(), Fault> {
        match self.key.take() {
            Some(key) => self.entries.push((key, node)),
            None => self.key = Some(self.new_key(place, &node)?),
        }
        Ok(())
    }

    fn new_key(&mut self, place: Place, node: &Node) -> Result<Key, Fault> {
        let Value::Scalar { text, .. } = &node.value else {
            return Err(Fault::at(
                place,
                format!("a key can't be {}", node.kind()),
                "Write a plain word as key",
            ));
        };
        if let Some(first) = self.seen.insert(text.clone(), place) {
            return Err(Fault::at(
                place,
                format!("the key {} stands here a second time, after {first}", quoted(text)),
                "Rename or remove one of the two",
            ));
        }
        Ok(Key { text: text.clone(), place })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> (usize, usize, String) {
        let fault = parse(text).err().unwrap_or_else(|| panic!("was read: {text:.60}"));
        let place = fault.place.expect("has a place");
        (place.line, place.column, fault.problem)
    }

    fn root_map(text: &str) -> Rc<Node> {
        parse(text).unwrap().root.unwrap()
    }

    #[test]
    fn every_key_and_value_knows_its_line_and_column() {
        let root = root_map("# é\na: 1\nbé:   {c: \"2\"}\n");
        let Value::Map(entries) = &root.value else { panic!("no map") };
        let (key, value) = &entries[1];
        assert_eq!((key.place, value.place), (Place { line: 3, column: 1 }, Place { line: 3, column: 7 }));
        let Value::Map(inner) = &value.value else { panic!("no map") };
        assert_eq!(inner[0].1.place, Place { line: 3, column: 11 });
    }

    #[test]
    fn a_key_that_stands_twice_is_refused_with_both_places() {
        let (line, column, problem) = fault("a:\n  x: 1\n  y: 2\n  x: 3\n");
        assert_eq!((line, column), (4, 3));
        assert!(problem.contains("“x”") && problem.contains("line 2, column 3"), "{problem}");
    }

    #[test]
    fn a_syntax_error_is_told_with_its_line_and_column() {
        let (line, column, problem) = fault("a: 1\nb: [1, 2\nc: 3\n");
        assert!(problem.contains("not valid YAML"), "{problem}");
        assert_eq!((line, column), (3, 2), "{problem}");
        assert_eq!(fault("b: 1\na: \"open\n").0, 2);
        assert_eq!((fault("a: b: c\n").0, fault("a: b: c\n").1), (1, 5));
    }

    #[test]
    fn an_alias_gives_what_its_anchor_holds_with_the_places_of_the_anchor() {
        let root = root_map("a: &x {r: 1}\nb: *x\n");
        let Value::Map(entries) = &root.value else { panic!("no map") };
        assert!(Rc::ptr_eq(&entries[0].1, &entries[1].1));
    }

    #[test]
    fn aliases_of_aliases_stop_at_the_bound() {
        let mut text = "a0: &a0 {k: v}\n".to_owned();
        for level in 1..30 {
            let fields: Vec<String> = (0..9).map(|i| format!("k{i}: *a{}", level - 1)).collect();
            text += &format!("a{level}: &a{level} {{{}}}\n", fields.join(", "));
        }
        let (line, _, problem) = fault(&text);
        assert!(problem.contains("aliases") && (4..9).contains(&line), "line {line}: {problem}");
    }

    #[test]
    fn an_alias_inside_its_own_anchor_is_refused() {
        assert!(fault("a: &a\n  b: *a\n").2.contains("inside what it refers to"));
    }

    #[test]
    fn four_megabytes_of_brackets_or_dashes_are_refused_at_once() {
        for opening in ["[", "{a: ", "- ", "? "] {
            let (line, at, problem) = fault(&opening.repeat(4_000_000 / opening.len()));
            assert!(problem.contains("32 levels") || problem.contains("not valid"), "{opening}: {problem}");
            assert!(line == 1 && at <= 1100, "{opening}: column {at}");
        }
    }

    #[test]
    fn an_empty_file_has_no_root_and_a_second_document_is_noticed() {
        assert!(parse("# only a comment\n").unwrap().root.is_none());
        assert!(parse("").unwrap().root.is_none());
        let document = parse("a: 1\n---\nb: 2\n").unwrap();
        assert_eq!(document.second, Some(Place { line: 2, column: 1 }));
    }

    #[test]
    fn a_list_or_a_map_can_not_be_a_key() {
        assert!(fault("? [a]\n: 1\n").2.contains("a list"));
    }
}
