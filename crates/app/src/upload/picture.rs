//! Pictures: limits before decoding, then drawn anew.
//!
//! Only pixels survive, turned the right way up. Colour profiles and further frames are lost on purpose.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, imageops::FilterType};

use super::{Accepted, Kind, MAX_BYTES, Refusal};

/// The longest side that is decoded, in pixels.
const MAX_SIDE: u32 = 12_000;
/// The most pixels that are decoded.
const MAX_PIXELS: u64 = 50_000_000;
/// What a decoder may allocate, in bytes.
const MAX_MEMORY: u64 = 512 << 20;
/// The longest side that is stored, in pixels: a page of small print stays readable.
const KEEP_SIDE: u32 = 4096;
const JPEG_QUALITY: u8 = 85;

/// Decodes and encodes again.
pub fn redraw(content: &[u8]) -> Result<Accepted, Refusal> {
    let mut reader =
        ImageReader::new(Cursor::new(content)).with_guessed_format().map_err(|_| Refusal::BrokenPicture)?;
    let format = reader.format().ok_or(Refusal::BrokenPicture)?;
    if !matches!(format, ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP) {
        return Err(Refusal::UnknownKind);
    }
    // Set before the decoder is made, so that reading the head is bounded as well.
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(broken)?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if width > MAX_SIDE || height > MAX_SIDE || pixels > MAX_PIXELS || decoder.total_bytes() > MAX_MEMORY {
        return Err(Refusal::TooManyPixels);
    }
    let orientation = decoder.orientation().map_err(broken)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(broken)?;
    if picture.width().max(picture.height()) > KEEP_SIDE {
        picture = picture.resize(KEEP_SIDE, KEEP_SIDE, FilterType::Triangle);
    }
    picture.apply_orientation(orientation);
    let size = Some((picture.width(), picture.height()));
    if format == ImageFormat::Png || picture.color().has_alpha() {
        let mut out = Cursor::new(Vec::new());
        DynamicImage::from(picture.to_rgba8()).write_to(&mut out, ImageFormat::Png).map_err(broken)?;
        // A photo as PNG may grow when it is drawn anew; then it becomes a JPEG.
        if out.get_ref().len() <= MAX_BYTES {
            return Ok(Accepted { kind: Kind::Png, content: out.into_inner(), size });
        }
    }
    let mut out = Vec::new();
    JpegEncoder::new_with_quality(&mut out, JPEG_QUALITY).encode_image(&picture.to_rgb8()).map_err(broken)?;
    Ok(Accepted { kind: Kind::Jpeg, content: out, size })
}

fn broken(error: ImageError) -> Refusal {
    if matches!(error, ImageError::Limits(_)) { Refusal::TooManyPixels } else { Refusal::BrokenPicture }
}
