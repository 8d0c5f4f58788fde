use super::*;

#[test]
fn the_bundled_drivers_have_no_problems() {
    let drivers = bundled();
    assert_eq!(drivers.problems, []);
    assert_eq!(drivers.good.len(), bundled::FILES.len());
}
