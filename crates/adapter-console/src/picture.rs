//! The picture of the lifecycle: states in columns by their distance from the start, and a curve for each transition.

use std::collections::BTreeMap;

/// Between two columns and between two rows.
const STEP: (i32, i32) = (290, 130);
const BOX: (i32, i32) = (150, 40);

/// A state of the picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) x: i32,
    pub(crate) y: i32,
}

/// A curve with the place of its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Way {
    pub(crate) path: String,
    pub(crate) x: i32,
    pub(crate) y: i32,
}

/// Where each state is. The transitions lead from one state, or from none, to another.
pub(crate) fn places(transitions: &[(String, String)]) -> BTreeMap<String, Place> {
    let mut columns: Vec<Vec<String>> = Vec::new();
    let mut seen: Vec<String> = Vec::new();
    let mut reached: Vec<String> = vec![String::new()];
    while !reached.is_empty() {
        let mut next = Vec::new();
        for (from, to) in transitions {
            if reached.contains(from) && !seen.contains(to) {
                seen.push(to.clone());
                next.push(to.clone());
            }
        }
        columns.extend((!next.is_empty()).then(|| next.clone()));
        reached = next;
    }
    let mut places = BTreeMap::new();
    let mut x = 10;
    for column in columns {
        let mut y = 40;
        for name in column {
            places.insert(name, Place { x, y });
            y += STEP.1;
        }
        x += STEP.0;
    }
    places
}

/// The size of the picture.
pub(crate) fn size(places: &BTreeMap<String, Place>) -> (i32, i32) {
    let right = places.values().map(|place| place.x).max().unwrap_or_default();
    let bottom = places.values().map(|place| place.y).max().unwrap_or_default();
    (right + BOX.0 + 170, bottom + BOX.1 + 70)
}

/// The curve between two states: to the right above the straight line, back below it, and within a column beside it.
pub(crate) fn way(from: &Place, to: &Place) -> Way {
    let middle = |place: &Place| (place.x + BOX.0 / 2, place.y + BOX.1 / 2);
    let (start, end) = (middle(from), middle(to));
    if from.x == to.x {
        // A longer way keeps further from the column.
        let out = from.x + BOX.0 + 24 + (end.1 - start.1).abs() / 4;
        let (x, y1, y2) = (from.x + BOX.0, start.1 + 8, end.1 - 8);
        let path = format!("M{x} {y1}C{out} {y1} {out} {y2} {x} {y2}");
        return Way { path, x: out, y: i32::midpoint(y1, y2) };
    }
    let forward = end.0 > start.0;
    let (x1, x2) = if forward { (from.x + BOX.0, to.x) } else { (from.x, to.x + BOX.0) };
    let shift = if forward { -10 } else { 10 };
    let (y1, y2) = (start.1 + shift, end.1 + shift);
    // A way back over several columns passes above what stands between them.
    let is_long = !forward && from.x - to.x > STEP.0;
    let bend = if forward || is_long { -14 } else { 46 };
    let (cx, cy) = (i32::midpoint(x1, x2), i32::midpoint(y1, y2) + bend);
    let path = format!("M{x1} {y1}Q{cx} {cy} {x2} {y2}");
    // The names keep away from the state on the left, where many ways come together.
    let at = |from: i32, control: i32, to: i32| {
        if forward { (from + 4 * control + 4 * to) / 9 } else { (4 * from + 4 * control + to) / 9 }
    };
    if is_long {
        return Way { path, x: cx, y: i32::midpoint(y1, y2) };
    }
    Way { path, x: at(x1, cx, x2), y: at(y1, cy, y2) + if forward { -6 } else { 14 } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_stand_in_the_column_of_their_distance() {
        let edges = [("", "A"), ("A", "B"), ("A", "C"), ("B", "A"), ("C", "D")];
        let edges: Vec<_> = edges.map(|(from, to)| (from.to_owned(), to.to_owned())).to_vec();
        let places = places(&edges);
        assert_eq!(places.len(), 4);
        assert!(
            places["A"].x < places["B"].x && places["B"].x == places["C"].x && places["C"].x < places["D"].x
        );
        assert_ne!(places["B"].y, places["C"].y);
        let (there, back) = (way(&places["A"], &places["B"]), way(&places["B"], &places["A"]));
        assert_ne!(there.y, back.y, "the names of two opposite ways do not cover each other");
    }
}
