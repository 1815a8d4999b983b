//! A unit's free time, against a list of its seconds.
#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a test stops at what should not happen")]

use planning::lane::Lane;
use proptest::prelude::*;

const END: i64 = 4_000;

/// The earliest and the latest begin of so much free time, second by second.
struct Seconds(Vec<bool>);

impl Seconds {
    fn free(&self, from: i64, to: i64) -> bool {
        (from..to).all(|at| !(0..END).contains(&at) || !self.0[at as usize])
    }

    fn earliest(&self, from: i64, work: i64) -> i64 {
        (from..).find(|at| self.free(*at, at + work)).expect("some time")
    }

    fn latest(&self, until: i64, work: i64) -> i64 {
        (0..).map(|n| until - work - n).find(|at| self.free(*at, at + work)).expect("some time")
    }

    fn set(&mut self, from: i64, to: i64, taken: bool) {
        self.0[from as usize..to as usize].fill(taken);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Hundreds of stretches come and go; every answer is that of the list.
    #[test]
    fn a_lane_is_its_seconds(steps in prop::collection::vec((0..END - 9, 1..9i64, 0..4u8), 900..1200)) {
        let (mut lane, mut seconds) = (Lane::default(), Seconds(vec![false; END as usize]));
        let mut taken: Vec<(i64, i64)> = Vec::new();
        for (at, work, what) in steps {
            prop_assert_eq!(lane.earliest(at, work), seconds.earliest(at, work));
            prop_assert_eq!(lane.latest(at, work), seconds.latest(at, work));
            prop_assert_eq!(lane.first_within(at, at + work).is_none(), seconds.free(at, at + work));
            prop_assert_eq!(lane.last_within(at, at + work).is_none(), seconds.free(at, at + work));
            if what == 0 && !taken.is_empty() {
                let (from, to) = taken.swap_remove(at as usize % taken.len());
                lane.free(from, to);
                seconds.set(from, to, false);
            } else if seconds.free(at, at + work) {
                lane.take(at, at + work);
                seconds.set(at, at + work, true);
                taken.push((at, at + work));
            }
        }
    }
}
