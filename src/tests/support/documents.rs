//! Documents for tests, made here: PDFs, and archives of XML as office programs write them.

use pdf_extract::{
    Dictionary, Document, EncryptionState, EncryptionVersion, Object, Permissions, Stream,
    StringFormat, dictionary,
};
use std::io::{Cursor, Write};
use zip::{ZipWriter, write::SimpleFileOptions};

/// A PDF with a line of text on each page.
pub fn pdf(pages: &[&str]) -> Vec<u8> {
    saved(document(pages))
}

/// The same, to be opened with a password; an empty one keeps nobody out.
pub fn protected_pdf(pages: &[&str], password: &str) -> Vec<u8> {
    let mut document = document(pages);
    let id = Object::String(b"0123456789abcdef".to_vec(), StringFormat::Hexadecimal);
    document.trailer.set("ID", vec![id.clone(), id]);
    let version = EncryptionVersion::V2 {
        document: &document,
        owner_password: "owner",
        user_password: password,
        key_length: 128,
        permissions: Permissions::all(),
    };
    let state = EncryptionState::try_from(version).expect("a key");
    document.encrypt(&state).expect("encrypted");
    saved(document)
}

/// A PDF whose only page holds a drawing that holds itself.
pub fn circular_pdf() -> Vec<u8> {
    let mut document = document(&["round and round"]);
    let drawing = document.new_object_id();
    let resources = dictionary! { "XObject" => dictionary! { "Again" => drawing } };
    let content = Stream::new(
        dictionary! { "Type" => "XObject", "Subtype" => "Form", "Resources" => resources.clone() },
        b"/Again Do".to_vec(),
    );
    document.objects.insert(drawing, Object::Stream(content));
    let page = *document.get_pages().get(&1).expect("a page");
    let page = document.get_object_mut(page).and_then(Object::as_dict_mut);
    page.expect("a page").set("Resources", resources);
    let contents = document.add_object(Stream::new(Dictionary::new(), b"/Again Do".to_vec()));
    let page = *document.get_pages().get(&1).expect("a page");
    let page = document.get_object_mut(page).and_then(Object::as_dict_mut);
    page.expect("a page").set("Contents", contents);
    saved(document)
}

/// A PDF of a few hundred kilobytes whose page unpacks to `bytes` bytes.
pub fn pdf_bomb(bytes: usize) -> Vec<u8> {
    let mut document = document(&["x"]);
    let mut content = Stream::new(Dictionary::new(), vec![b' '; bytes]);
    content.compress().expect("packed");
    let contents = document.add_object(content);
    let page = *document.get_pages().get(&1).expect("a page");
    let page = document.get_object_mut(page).and_then(Object::as_dict_mut);
    page.expect("a page").set("Contents", contents);
    saved(document)
}

fn document(pages: &[&str]) -> Document {
    let mut document = Document::with_version("1.5");
    let tree = document.new_object_id();
    let font = document.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Courier", "Encoding" => "WinAnsiEncoding",
    });
    let resources = document.add_object(dictionary! { "Font" => dictionary! { "F1" => font } });
    let kids: Vec<Object> = pages
        .iter()
        .map(|text| {
            let drawing = format!("BT /F1 12 Tf 50 700 Td ({text}) Tj ET");
            let content =
                document.add_object(Stream::new(Dictionary::new(), drawing.into_bytes()));
            document
                .add_object(dictionary! {
                    "Type" => "Page", "Parent" => tree, "Contents" => content, "Resources" => resources,
                    "MediaBox" => vec![0.into(), 0.into(), 595.into(), 842.into()],
                })
                .into()
        })
        .collect();
    let count = i64::try_from(kids.len()).expect("few");
    document.objects.insert(
        tree,
        Object::Dictionary(dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count }),
    );
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    document.trailer.set("Root", catalog);
    document
}

fn saved(mut document: Document) -> Vec<u8> {
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).expect("a PDF");
    bytes
}

/// An archive of parts.
pub fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        let options = SimpleFileOptions::default();
        archive.start_file(*name, options).expect("a part");
        archive.write_all(content.as_bytes()).expect("written");
    }
    archive.finish().expect("an archive").into_inner()
}

/// A Word document with a paragraph, a table of two cells, and text that was deleted.
pub fn docx(words: &str) -> Vec<u8> {
    let body = format!(
        "<w:p><w:r><w:t>{words}</w:t></w:r><w:r><w:tab/><w:delText>never</w:delText></w:r></w:p>\
         <w:tbl><w:tr><w:tc><w:p><w:r><w:t>left &amp; first</w:t></w:r></w:p></w:tc>\
         <w:tc><w:p><w:r><w:t>right</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    );
    archive(&[
        ("[Content_Types].xml", "<Types/>"),
        (
            "word/document.xml",
            &format!(
                "<?xml version=\"1.0\"?><w:document xmlns:w=\"w\"><w:body>{body}</w:body></w:document>"
            ),
        ),
    ])
}

/// A presentation of two slides, the second with a note.
pub fn pptx() -> Vec<u8> {
    let slide = |words: &str| {
        format!(
            "<p:sld xmlns:p=\"p\" xmlns:a=\"a\"><a:p><a:r><a:t>{words}</a:t></a:r></a:p></p:sld>"
        )
    };
    archive(&[
        ("[Content_Types].xml", "<Types/>"),
        ("ppt/slides/slide2.xml", &slide("Second")),
        ("ppt/slides/slide1.xml", &slide("First")),
        ("ppt/notesSlides/notesSlide2.xml", &slide("Say it slowly")),
    ])
}

/// An `OpenDocument` text.
pub fn odt(words: &str) -> Vec<u8> {
    let content = format!(
        "<office:document-content xmlns:office=\"o\" xmlns:text=\"t\"><office:body><office:text>\
         <text:h>Heading</text:h><text:p>{words}</text:p></office:text></office:body></office:document-content>"
    );
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    archive.start_file("mimetype", stored).expect("a part");
    archive
        .write_all(b"application/vnd.oasis.opendocument.text")
        .expect("written");
    archive
        .start_file("content.xml", SimpleFileOptions::default())
        .expect("a part");
    archive.write_all(content.as_bytes()).expect("written");
    archive.finish().expect("an archive").into_inner()
}

/// A workbook with one sheet: words, a number, and a gap between them.
pub fn xlsx() -> Vec<u8> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    archive(&[
        (
            "[Content_Types].xml",
            "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>",
        ),
        (
            "_rels/.rels",
            &format!(
                "<Relationships xmlns=\"{package}\"><Relationship Id=\"rId1\" Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            &format!(
                "<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets><sheet name=\"Prices\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            &format!(
                "<Relationships xmlns=\"{package}\"><Relationship Id=\"rId1\" Type=\"{office}/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            &format!(
                "<worksheet xmlns=\"{main}\"><sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>Bread, dark</t></is></c>\
                 <c r=\"C1\"><v>2.5</v></c></row><row r=\"2\"><c r=\"A2\" t=\"inlineStr\"><is><t>Milk</t></is></c></row></sheetData></worksheet>"
            ),
        ),
    ])
}
