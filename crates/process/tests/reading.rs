//! Diagrams of others are read, kept as they came, and never bring the program down.

use proptest::prelude::*;
use std::path::Path;

/// The outlines of the diagrams that ship: a change of one is read here in words.
#[test]
fn shipped_diagrams_in_words() {
    for name in ["lead-to-order", "order-to-cash", "plan-to-produce", "procure-to-pay"] {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../processes/{name}.bpmn"));
        let xml = std::fs::read_to_string(file).unwrap();
        let (model, faults) = process::bpmn::read(&xml).unwrap();
        assert_eq!(faults, []);
        insta::assert_snapshot!(name, process::outline(&model));
    }
}

/// Every element that the token may reach has its place in the picture.
#[test]
fn shipped_diagrams_are_drawn() {
    for name in ["lead-to-order", "order-to-cash", "plan-to-produce", "procure-to-pay"] {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../processes/{name}.bpmn"));
        let xml = std::fs::read_to_string(file).unwrap();
        let (model, _) = process::bpmn::read(&xml).unwrap();
        let drawn = |id: &str| xml.contains(&format!("bpmnElement=\"{id}\""));
        assert!(
            model.elements.iter().all(|e| drawn(&e.id)) && model.flows.iter().all(|f| drawn(&f.id)),
            "{name}"
        );
    }
}

#[test]
fn diagrams_of_other_programs_are_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/processes/bpmn");
    let Ok(files) = std::fs::read_dir(&folder) else {
        eprintln!("skipped: {} is not there", folder.display());
        return;
    };
    for file in files {
        let file = file.unwrap().path();
        let xml = std::fs::read_to_string(&file).unwrap();
        let (model, faults) = process::bpmn::read(&xml).unwrap_or_else(|r| panic!("{}: {r}", file.display()));
        assert!(!model.elements.is_empty() || !faults.is_empty(), "{}", file.display());
        assert!(
            faults.iter().all(|f| f.args.iter().any(|(name, value)| *name == "element" && !value.is_empty()))
        );
    }
}

const PIECES: [&str; 22] = [
    "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" xmlns:celota=\"https://celota.eu/bpmn\">",
    "</definitions>",
    "<process id=\"p\" isExecutable=\"true\">",
    "</process>",
    "<startEvent id=\"a\" celota:event=\"x.Y\"/>",
    "<endEvent id=\"b\"/>",
    "<sequenceFlow id=\"f\" sourceRef=\"a\" targetRef=\"b\"/>",
    "<sequenceFlow id=\"f\" sourceRef=\"b\" targetRef=\"a\"/>",
    "<userTask id=\"a\">",
    "</userTask>",
    "<boundaryEvent id=\"c\" attachedToRef=\"a\"><timerEventDefinition/></boundaryEvent>",
    "<boundaryEvent id=\"c\" attachedToRef=\"c\"><errorEventDefinition errorRef=\"b\"/></boundaryEvent>",
    "<exclusiveGateway id=\"d\" default=\"f\"/>",
    "<eventBasedGateway id=\"d\"/>",
    "<serviceTask celota:command=\".\"/>",
    "<intermediateCatchEvent id=\"g\"><messageEventDefinition messageRef=\"m\"/></intermediateCatchEvent>",
    "<message id=\"m\" name=\"\"/>",
    "<parallelGateway id=\"č\"/>",
    "<!-- -->",
    "&amp;",
    "<subProcess><process/></subProcess>",
    "<conditionExpression>x &gt; 1</conditionExpression>",
];

proptest! {
    #[test]
    fn pieces_in_any_order_never_panic(picks in proptest::collection::vec(0..PIECES.len(), 0..24)) {
        let xml: String = picks.iter().filter_map(|i| PIECES.get(*i)).copied().collect();
        if let Ok((model, _)) = process::bpmn::read(&xml) {
            assert!(!process::outline(&model).is_empty());
        }
        let wrapped = format!("{}{}{xml}{}{}", PIECES[0], PIECES[2], PIECES[3], PIECES[1]);
        if let Ok((model, _)) = process::bpmn::read(&wrapped) {
            assert!(!process::outline(&model).is_empty());
        }
    }

    #[test]
    fn a_damaged_diagram_never_panics(at in 0_usize..20_000, with in "\\PC{0,3}") {
        let mut xml: Vec<char> = include_str!("../../../processes/order-to-cash.bpmn").chars().collect();
        let at = at.min(xml.len() - 1);
        xml.splice(at..at + 1, with.chars());
        let xml: String = xml.into_iter().collect();
        if let Ok((model, _)) = process::bpmn::read(&xml) {
            assert!(!process::outline(&model).is_empty());
        }
    }

    #[test]
    fn no_text_of_an_expression_panics(text in "[a-z0-9 .()<>=+*/\"\\[\\]{},:-]{0,40}") {
        drop(process::feel::Expression::read(&text, &process::feel::Vocabulary::default()));
    }
}
