//! Prices as people read them.

use crate::{model::catalog::Price, ui::kit::number::decimal};

/// The few words on a card.
pub(super) fn short_price(price: &Price) -> String {
    let cheapest = price
        .input_per_mtok_usd
        .into_iter()
        .chain(price.output_per_mtok_usd)
        .reduce(f64::min);
    match cheapest {
        Some(usd) if usd > 0.0 => format!("from {} / 1M tokens", dollars(usd)),
        _ => price.kind.label().to_owned(),
    }
}

/// US dollars with cents, and with the smaller parts that a price for tokens may have.
pub(super) fn dollars(usd: f64) -> String {
    format!("${}", decimal(usd, 2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::catalog::PriceKind;

    #[test]
    fn a_card_names_the_lowest_price_or_the_kind() {
        let mut price = Price {
            kind: PriceKind::Usage,
            note: String::new(),
            input_per_mtok_usd: Some(0.3),
            output_per_mtok_usd: Some(2.5),
        };
        assert_eq!(short_price(&price), "from $0.30 / 1M tokens");
        price.input_per_mtok_usd = None;
        price.output_per_mtok_usd = None;
        assert_eq!(short_price(&price), "Pay per use");
    }
}
