use super::super::*;

fn driver(name: &str, rule: &str) -> String {
    format!(
        "name = \"{name}\"\nversion = \"1\"\nmatch = {{ {rule} }}\n[[characteristic]]\nuuid = \"2A6E\"\n\
         stream = [{{ name = \"t\", kind = \"temperature\" }}]\nsample = [{{ name = \"t\", type = \"i16\" }}]\n"
    )
}

fn chosen(rules: &[(&str, &str)], advert: Advert<'_>) -> Option<String> {
    let texts: Vec<_> = rules.iter().map(|(name, rule)| driver(name, rule)).collect();
    let drivers = load(texts.iter().map(|text| ("d.toml", text.as_str())));
    assert_eq!(drivers.problems, []);
    drivers.choose(&advert).map(|choice| choice.to_string())
}

const SERVICES: [u128; 2] = [crate::uuid::long(0x180d), crate::uuid::long(0x180f)];
const ADVERT: Advert<'static> = Advert {
    name: Some("Lab-7"),
    services: &SERVICES,
    manufacturer: &[(0x0059, &[1, 2, 3]), (0xffff, &[9])],
};

#[test]
fn every_rule_that_is_given_has_to_hold() {
    for rule in [
        "name = 'Lab-?'",
        "services = ['180D', '180F']",
        "manufacturer = { company = 0x59 }",
        "manufacturer = { company = 0x59, data = '01 ?? 03' }",
        "name = 'Lab*', services = ['180F'], manufacturer = { company = 65535, data = '09' }",
    ] {
        assert_eq!(chosen(&[("A", rule)], ADVERT).as_deref(), Some("driver A is used"), "{rule}");
    }
    for rule in [
        "name = 'lab-?'",
        "services = ['180D', '1810']",
        "manufacturer = { company = 0x58 }",
        "manufacturer = { company = 0x59, data = '01 ?? 03 04' }",
        "name = 'Lab*', services = ['1810']",
    ] {
        assert_eq!(chosen(&[("A", rule)], ADVERT), None, "{rule}");
    }
    assert_eq!(chosen(&[("A", "name = 'a*'")], Advert::default()), None);
}

#[test]
fn the_driver_that_asks_for_more_wins_and_it_is_said() {
    let manufacturer = "manufacturer = { company = 0x59 }";
    let services = "services = ['180D', '180F'], name = 'Lab-7'";
    let said = chosen(&[("A", "name = 'Lab-7'"), ("B", services), ("C", manufacturer)], ADVERT);
    assert_eq!(said.as_deref(), Some("driver C is used; B, A would fit too, but it asks for more"));
    let said =
        chosen(&[("A", manufacturer), ("B", "manufacturer = { company = 0x59, data = '01' }")], ADVERT);
    assert_eq!(said.as_deref(), Some("driver B is used; A would fit too, but it asks for more"));
}

#[test]
fn of_equal_drivers_the_first_by_name_wins_and_it_is_said() {
    let said = chosen(&[("B", "name = 'Lab-*'"), ("A", "name = '*Lab-'"), ("C", "name = 'L*b-?'")], ADVERT);
    assert_eq!(said.as_deref(), Some("driver B is used; C would fit too, but it asks for more"));
    let said = chosen(&[("B", "name = 'Lab-*'"), ("A", "name = '*ab-7'")], ADVERT);
    assert_eq!(said.as_deref(), Some("driver A is used; B would fit too, but it comes first by name"));
}
