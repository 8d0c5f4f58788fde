//! Random trees and scripts. All chance comes from proptest, so that what fails can be made small.

use crate::tree::{Fault, Kind, Message, Node, Obeys, Path, Script, Step, Sup, Worker};
use policy::supervise::{AutoShutdown, Exit, RestartType, Strategy};
use proptest::collection::vec;
use proptest::prelude::{BoxedStrategy, Just, Strategy as _, any, prop_oneof};
use proptest::sample::{Index, select};
use std::collections::HashMap;

/// Ids of children that a script adds begin here.
const FIRST_ADDED_ID: u64 = 50;

/// A tree of up to three floors and up to twelve steps.
pub fn script() -> BoxedStrategy<Script> {
    (sup(2), vec(rough_step(), 1..12)).prop_map(|(tree, rough)| aim(tree, rough)).boxed()
}

fn strategy() -> impl proptest::strategy::Strategy<Value = Strategy> {
    select(vec![Strategy::OneForOne, Strategy::OneForAll, Strategy::RestForOne])
}

fn auto_shutdown() -> impl proptest::strategy::Strategy<Value = AutoShutdown> {
    prop_oneof![
        2 => Just(AutoShutdown::Never),
        1 => Just(AutoShutdown::AnySignificant),
        1 => Just(AutoShutdown::AllSignificant),
    ]
}

/// A supervisor with `floors` below it.
fn sup(floors: u32) -> BoxedStrategy<Sup> {
    let ordered = (strategy(), 0..4u32, auto_shutdown(), vec(child(floors), 1..4)).prop_map(
        |(strategy, restarts_max, auto_shutdown, nodes)| {
            let children =
                nodes.into_iter().zip(1..).map(|(node, id)| sensible(Node { id, ..node }, auto_shutdown));
            Sup { strategy, restarts_max, auto_shutdown, children: children.collect(), template: None }
        },
    );
    let dynamic =
        (0..4u32, auto_shutdown(), child(floors.min(1))).prop_map(|(restarts_max, auto_shutdown, node)| {
            let template = Some(Box::new(sensible(node, auto_shutdown)));
            Sup {
                strategy: Strategy::SimpleOneForOne,
                restarts_max,
                auto_shutdown,
                children: Vec::new(),
                template,
            }
        });
    prop_oneof![3 => ordered, 1 => dynamic].boxed()
}

fn child(floors: u32) -> BoxedStrategy<Node> {
    let kind = match floors {
        0 => worker().prop_map(Kind::Worker).boxed(),
        _ => prop_oneof![3 => worker().prop_map(Kind::Worker), 2 => sup(floors - 1).prop_map(Kind::Sup)]
            .boxed(),
    };
    let restart = select(vec![RestartType::Permanent, RestartType::Transient, RestartType::Temporary]);
    (restart, any::<bool>(), kind)
        .prop_map(|(restart, significant, kind)| Node { id: 0, restart, significant, kind })
        .boxed()
}

fn worker() -> impl proptest::strategy::Strategy<Value = Worker> {
    let obeys = prop_oneof![
        12 => Just(Obeys::InTime),
        3 => Just(Obeys::Slowly),
        3 => Just(Obeys::Unasked),
        1 => Just(Obeys::Never),
    ];
    let fault = prop_oneof![3 => Just(Fault::Fails), 1 => Just(Fault::Ignores)];
    let faults = prop_oneof![
        6 => Just(Vec::new()),
        5 => vec((2..6u32, fault.clone()), 1..4),
        1 => vec((1..3u32, fault), 1),
    ];
    (obeys, faults).prop_map(|(obeys, faults)| Worker { obeys, faults })
}

/// Only a child that can end for good, below a supervisor that cares, is significant.
fn sensible(node: Node, auto_shutdown: AutoShutdown) -> Node {
    let can = auto_shutdown != AutoShutdown::Never && node.restart != RestartType::Permanent;
    Node { significant: node.significant && can, ..node }
}

/// A step that does not know its tree yet.
#[derive(Clone, Debug)]
enum Rough {
    Tell(Index, Vec<RoughMessage>),
    EndSupervisor(Index),
    Wait,
}

/// What, to which child, and a node in case one is added.
type RoughMessage = (What, Index, Node);

#[derive(Clone, Copy, Debug)]
enum What {
    Exit(Exit),
    Terminate,
    Restart,
    Delete,
    AddNew,
    AddAgain,
}

fn rough_step() -> impl proptest::strategy::Strategy<Value = Rough> {
    let what = prop_oneof![
        6 => Just(What::Exit(Exit::Crashed)),
        2 => Just(What::Exit(Exit::Normal)),
        2 => Just(What::Exit(Exit::Shutdown)),
        2 => Just(What::Terminate),
        2 => Just(What::Restart),
        1 => Just(What::Delete),
        3 => Just(What::AddNew),
        1 => Just(What::AddAgain),
    ];
    let message = (what, any::<Index>(), child(1));
    let messages = prop_oneof![2 => vec(message.clone(), 1), 1 => vec(message, 2..6)];
    prop_oneof![
        24 => (any::<Index>(), messages).prop_map(|(sup, messages)| Rough::Tell(sup, messages)),
        2 => any::<Index>().prop_map(Rough::EndSupervisor),
        1 => Just(Rough::Wait),
    ]
}

/// What a script knows of its supervisors while it is written.
#[derive(Default)]
struct Map {
    sups: Vec<(Path, AutoShutdown, Option<Node>)>,
    nodes: HashMap<Path, Vec<Node>>,
    added: u64,
}

impl Map {
    fn learn(&mut self, path: &Path, sup: &Sup) {
        self.sups.push((path.clone(), sup.auto_shutdown, sup.template.as_deref().cloned()));
        for node in &sup.children {
            self.learn_node(path, node);
        }
    }

    fn learn_node(&mut self, path: &Path, node: &Node) {
        self.nodes.entry(path.clone()).or_default().push(node.clone());
        if let Kind::Sup(sup) = &node.kind {
            self.learn(&path.child(node.id), sup);
        }
    }

    fn new_node(&mut self, at: &(Path, AutoShutdown, Option<Node>), node: Node) -> Node {
        self.added += 1;
        let id = FIRST_ADDED_ID + self.added;
        let (path, auto_shutdown, template) = at;
        let node = match template {
            Some(template) => like(template, Node { id, ..node }),
            None => sensible(Node { id, ..node }, *auto_shutdown),
        };
        self.learn_node(path, &node);
        node
    }
}

/// A dynamic child: all from the template but its id and, for a worker, its faults. It
/// is never ignored at a restart: there OTP keeps an entry for the process `undefined`.
fn like(template: &Node, node: Node) -> Node {
    let kind = match (&template.kind, node.kind) {
        (Kind::Worker(worker), Kind::Worker(other)) => {
            let faults = other.faults.into_iter().filter(|(at, fault)| *at == 1 || *fault == Fault::Fails);
            Kind::Worker(Worker { faults: faults.collect(), ..worker.clone() })
        }
        (Kind::Worker(worker), Kind::Sup(_)) => Kind::Worker(Worker { faults: Vec::new(), ..worker.clone() }),
        (sup, _) => sup.clone(),
    };
    Node { id: node.id, kind, ..template.clone() }
}

/// Gives rough steps their aims in a tree.
fn aim(tree: Sup, rough: Vec<Rough>) -> Script {
    let mut map = Map::default();
    map.learn(&Path::default(), &tree);
    let steps = rough.into_iter().map(|step| match step {
        Rough::Wait => Step::Wait,
        Rough::EndSupervisor(sup) => Step::EndSupervisor(sup.get(&map.sups).0.clone()),
        Rough::Tell(sup, messages) => {
            let at = sup.get(&map.sups).clone();
            let messages = messages.into_iter().filter_map(|message| aim_message(&mut map, &at, message));
            let messages: Vec<Message> = messages.collect();
            Step::Tell(at.0, messages)
        }
    });
    let steps = steps.collect();
    Script { tree, steps }
}

fn aim_message(
    map: &mut Map,
    at: &(Path, AutoShutdown, Option<Node>),
    (what, child, node): RoughMessage,
) -> Option<Message> {
    if matches!(what, What::AddNew) {
        return Some(Message::Add(map.new_node(at, node)));
    }
    let known = map.nodes.get(&at.0).filter(|nodes| !nodes.is_empty())?;
    let known = child.get(known);
    match what {
        What::Exit(exit) => Some(Message::Exit(known.id, exit)),
        What::Terminate => Some(Message::Terminate(known.id)),
        What::Restart => Some(Message::Restart(known.id)),
        What::Delete => Some(Message::Delete(known.id)),
        What::AddAgain if at.2.is_none() => Some(Message::Add(known.clone())),
        What::AddAgain | What::AddNew => None,
    }
}
