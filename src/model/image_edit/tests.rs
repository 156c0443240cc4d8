use super::*;
use proptest::prelude::*;

const PHOTO: Pixels = (4000, 3000);

fn crop(x: u32, y: u32, width: u32, height: u32) -> Crop {
    Crop {
        x,
        y,
        width,
        height,
    }
}

#[test]
fn a_picture_is_made_smaller_by_its_longest_side_and_never_larger() {
    assert_eq!(fit(PHOTO, HIGH_SIDE), (2048, 1536));
    assert_eq!(fit((3000, 4000), LOW_SIDE), (384, 512));
    assert_eq!(fit((100, 30), LOW_SIDE), (100, 30));
    assert_eq!(fit((30_000, 1), LOW_SIDE), (512, 1));
}

#[test]
fn what_is_sent_is_turned_then_cut_then_made_smaller() {
    let edit = ImageEdit {
        rotate: 90,
        crop: Some(crop(0, 0, 3000, 2000)),
    };
    assert_eq!(
        sent_pixels(PHOTO, edit, ImageDetail::Original),
        (3000, 2000)
    );
    assert_eq!(sent_pixels(PHOTO, edit, ImageDetail::High), (2048, 1365));
    assert_eq!(sent_pixels(PHOTO, edit, ImageDetail::Low), (512, 341));
    let none = ImageEdit::default();
    assert_eq!(sent_pixels(PHOTO, none, ImageDetail::Auto), (2048, 1536));
}

#[test]
fn a_part_turns_with_its_picture() {
    let edit = ImageEdit {
        rotate: 0,
        crop: Some(crop(100, 200, 1000, 500)),
    };
    let right = edit.turn(PHOTO, true);
    assert_eq!(right.rotate, 90);
    assert_eq!(right.crop, Some(crop(2300, 100, 500, 1000)));
    let left = edit.turn(PHOTO, false);
    assert_eq!(left.rotate, 270);
    assert_eq!(left.crop, Some(crop(200, 2900, 500, 1000)));
}

#[test]
fn an_edit_that_asks_for_all_of_the_picture_is_no_cut() {
    let edit = ImageEdit {
        rotate: 450,
        crop: Some(crop(0, 0, 9000, 9000)),
    };
    let expected = ImageEdit {
        rotate: 90,
        crop: None,
    };
    assert_eq!(edit.within(PHOTO), expected);
}

#[test]
fn an_edge_is_pulled_and_the_opposite_one_stays() {
    let part = crop(100, 100, 200, 200);
    let west = Grip { x: -1, y: 0 };
    assert_eq!(
        part.pulled(west, (-50, 99), PHOTO, None),
        crop(50, 100, 250, 200)
    );
    assert_eq!(
        part.pulled(west, (500, 0), PHOTO, None),
        crop(299, 100, 1, 200)
    );
    assert_eq!(
        part.pulled(Grip::END, (9000, 9000), PHOTO, None),
        crop(100, 100, 3900, 2900)
    );
}

#[test]
fn a_shape_is_kept_while_a_corner_is_pulled() {
    let part = crop(100, 100, 300, 200);
    let wider = part.pulled(Grip::END, (300, 0), PHOTO, Some((3, 2)));
    assert_eq!(wider, crop(100, 100, 600, 400));
    let corner = Grip { x: -1, y: -1 };
    let widest = part.pulled(corner, (-1000, 0), PHOTO, Some((1, 1)));
    assert_eq!(widest, crop(100, 0, 300, 300));
}

#[test]
fn a_shape_takes_all_the_room_about_the_middle() {
    let square = crop(3500, 0, 100, 100).with_shape((1, 1), PHOTO);
    assert_eq!(square, crop(1000, 0, 3000, 3000));
    let wide = Crop::whole(PHOTO).with_shape((16, 9), PHOTO);
    assert_eq!(wide, crop(0, 375, 4000, 2250));
}

fn sizes() -> impl Strategy<Value = Pixels> {
    (1_u32..40_000, 1_u32..40_000)
}

fn crops() -> impl Strategy<Value = Crop> {
    (any::<u32>(), any::<u32>(), any::<u32>(), any::<u32>())
        .prop_map(|(x, y, width, height)| crop(x, y, width, height))
}

fn edits() -> impl Strategy<Value = ImageEdit> {
    (any::<u16>(), proptest::option::of(crops()))
        .prop_map(|(rotate, crop)| ImageEdit { rotate, crop })
}

fn lies_within(part: Crop, (width, height): Pixels) -> bool {
    part.width >= 1
        && part.height >= 1
        && part
            .x
            .checked_add(part.width)
            .is_some_and(|end| end <= width)
        && part
            .y
            .checked_add(part.height)
            .is_some_and(|end| end <= height)
}

proptest! {
    #[test]
    fn whatever_is_asked_for_lies_within_the_picture(size in sizes(), edit in edits()) {
        let edit = edit.within(size);
        prop_assert!(edit.rotate < 360 && edit.rotate % 90 == 0);
        prop_assert!(lies_within(edit.area(size), edit.turned(size)));
        prop_assert_eq!(edit.within(size), edit);
        for detail in [ImageDetail::Low, ImageDetail::High, ImageDetail::Original] {
            let (width, height) = sent_pixels(size, edit, detail);
            prop_assert!(width >= 1 && height >= 1);
            prop_assert!(detail.longest_side().is_none_or(|side| width.max(height) <= side));
        }
    }

    #[test]
    fn four_quarters_are_none_and_left_undoes_right(size in sizes(), edit in edits()) {
        let edit = edit.within(size);
        let around = (0..4).fold(edit, |edit, _| edit.turn(size, true));
        prop_assert_eq!(around, edit);
        prop_assert_eq!(edit.turn(size, true).turn(size, false), edit);
        let turned = edit.turn(size, true).area(size);
        let area = edit.area(size);
        prop_assert_eq!((turned.width, turned.height), (area.height, area.width));
    }

    #[test]
    fn no_drag_leaves_the_picture(
        size in sizes(),
        part in crops(),
        by in (-50_000_i64..50_000, -50_000_i64..50_000),
        grip in 0_usize..8,
        shape in proptest::option::of((1_u32..40, 1_u32..40)),
    ) {
        prop_assert!(lies_within(part.moved(by.0, by.1, size), size));
        prop_assert!(lies_within(part.pulled(Grip::ALL[grip], by, size, shape), size));
        if let Some(shape) = shape {
            prop_assert!(lies_within(part.with_shape(shape, size), size));
        }
    }
}
