//! Pictures for tests, made here: photos, drawings, broken ones, and one that says it is far larger than it is.

use image::{DynamicImage, ExtendedColorType, ImageEncoder, Rgb, RgbImage, Rgba, RgbaImage};
use std::io::Write;

/// What looks like a photo: every pixel another colour, the left upper quarter red, so that its turns can be told.
pub fn photo(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        if x < width / 2 && y < height / 2 {
            return Rgb([255, (x % 32) as u8, (y % 32) as u8]);
        }
        Rgb([(x % 64) as u8, (y % 256) as u8, ((x + y) % 256) as u8])
    })
}

/// A photo as JPEG.
pub fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let picture = photo(width, height);
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 90)
        .write_image(picture.as_raw(), width, height, ExtendedColorType::Rgb8)
        .expect("a JPEG");
    bytes
}

/// A photo as a camera writes it that was held upright: turned by a quarter, with a note of that, the place and its owner.
pub fn camera_jpeg(width: u32, height: u32) -> Vec<u8> {
    let plain = jpeg(width, height);
    let exif = exif(6, "Ada's camera at 52.5 N");
    let length = u16::try_from(exif.len() + 2).expect("short").to_be_bytes();
    let mut bytes = plain[..2].to_vec();
    bytes.extend_from_slice(&[0xff, 0xe1]);
    bytes.extend_from_slice(&length);
    bytes.extend_from_slice(&exif);
    bytes.extend_from_slice(&plain[2..]);
    bytes
}

/// Exif with an orientation and an owner: TIFF 6.0, little endian, one directory.
fn exif(orientation: u8, owner: &str) -> Vec<u8> {
    let owner = [owner.as_bytes(), &[0]].concat();
    let mut bytes = b"Exif\0\0II\x2a\0\x08\0\0\0".to_vec();
    bytes.extend_from_slice(&2_u16.to_le_bytes());
    let mut entry = |tag: u16, kind: u16, count: u32, value: u32| {
        bytes.extend_from_slice(&tag.to_le_bytes());
        bytes.extend_from_slice(&kind.to_le_bytes());
        bytes.extend_from_slice(&count.to_le_bytes());
        bytes.extend_from_slice(&value.to_le_bytes());
    };
    entry(0x0112, 3, 1, u32::from(orientation));
    let after_directory = 8 + 2 + 2 * 12 + 4;
    let length = u32::try_from(owner.len()).expect("short");
    entry(0xa430, 2, length, after_directory);
    bytes.extend_from_slice(&[0; 4]);
    bytes.extend_from_slice(&owner);
    bytes
}

/// A drawing with a hole in it, as PNG.
pub fn clear_png(width: u32, height: u32) -> Vec<u8> {
    let drawing = RgbaImage::from_fn(width, height, |x, _| match x < width / 2 {
        true => Rgba([0, 90, 200, 255]),
        false => Rgba([0, 0, 0, 0]),
    });
    packed(&drawing.into(), image::ImageFormat::Png)
}

/// A picture in a format.
pub fn packed(picture: &DynamicImage, format: image::ImageFormat) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).expect("a picture");
    bytes.into_inner()
}

/// A PNG of a few kilobytes that says it has so many pixels, and of which the beginning is even there.
pub fn png_bomb(width: u32, height: u32) -> Vec<u8> {
    let mut header = Vec::new();
    header.extend_from_slice(&width.to_be_bytes());
    header.extend_from_slice(&height.to_be_bytes());
    // 8 bits, colour, and the only ways to pack that there are.
    header.extend_from_slice(&[8, 2, 0, 0, 0]);
    let mut pixels = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    pixels.write_all(&vec![0; 2_000_000]).expect("packed");
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    for (name, content) in [
        (b"IHDR", header),
        (b"IDAT", pixels.finish().expect("packed")),
        (b"IEND", Vec::new()),
    ] {
        let length = u32::try_from(content.len()).expect("short");
        bytes.extend_from_slice(&length.to_be_bytes());
        let checked = [name.as_slice(), &content].concat();
        let mut check = flate2::Crc::new();
        check.update(&checked);
        bytes.extend_from_slice(&checked);
        bytes.extend_from_slice(&check.sum().to_be_bytes());
    }
    bytes
}
