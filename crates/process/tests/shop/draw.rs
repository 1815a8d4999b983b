//! Diagrams for tests, without their pictures.

/// A diagram about sales orders around these elements.
pub fn diagram(elements: &str) -> String {
    format!(
        r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:celota="https://celota.eu/bpmn">
        <process id="p" name="Test" isExecutable="true" celota:attach="SalesOrder" celota:role="sales">{elements}</process></definitions>"#
    )
}

/// `a > b` draws a flow; `a > b: condition` one with a condition.
pub fn flows(list: &[&str]) -> String {
    list.iter()
        .map(|flow| {
            let (ends, condition) = flow.split_once(": ").unwrap_or((flow, ""));
            let (from, to) = ends.split_once(" > ").unwrap();
            let condition = if condition.is_empty() {
                String::new()
            } else {
                format!("<conditionExpression>{}</conditionExpression>", condition.replace('<', "&lt;").replace('>', "&gt;"))
            };
            format!(r#"<sequenceFlow id="{from}_{to}" sourceRef="{from}" targetRef="{to}">{condition}</sequenceFlow>"#)
        })
        .collect()
}

pub const START: &str = r#"<startEvent id="s" celota:event="sales.Confirmed"/>"#;
pub const END: &str = r#"<endEvent id="e"/>"#;

pub fn service(id: &str, attributes: &str) -> String {
    format!(r#"<serviceTask id="{id}" {attributes}/>"#)
}

pub fn catch(id: &str, event: &str) -> String {
    format!(
        r#"<intermediateCatchEvent id="{id}" celota:event="{event}"><messageEventDefinition/></intermediateCatchEvent>"#
    )
}
