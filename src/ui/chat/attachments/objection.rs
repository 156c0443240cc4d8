//! What a tool cannot take, said before it is sent.

use super::draft_files::{DraftFile, FileState};
use crate::model::{catalog::Capability, chat::ChatTool, file::FileKind};
use leptos::prelude::*;

/// Why a tool can do nothing with a file, if that is so. Documents are read by every tool: as they are, or as the text in
/// them.
pub(super) fn objection(tool: &ChatTool, kind: FileKind) -> Option<String> {
    let (needed, can) = match kind {
        FileKind::Image => (Capability::ImageInput, "see pictures"),
        FileKind::Audio if !tool.capabilities.contains(&Capability::AudioInput) => {
            return Some(format!(
                "{} cannot hear sound. Have it written down, or choose another tool.",
                tool.name
            ));
        }
        FileKind::Audio => return None,
        FileKind::Video => (Capability::VideoInput, "watch films"),
        FileKind::Other => return Some(format!("{} cannot read this kind of file.", tool.name)),
        FileKind::Pdf | FileKind::Text | FileKind::Office => return None,
    };
    let is_able = tool.capabilities.contains(&needed);
    (!is_able).then(|| {
        format!(
            "{} cannot {can}. Choose another tool, or take it off.",
            tool.name
        )
    })
}

/// What a file is: as the server found, or by what the browser makes of it until then.
pub(super) fn kind_of(file: &DraftFile) -> Option<FileKind> {
    if let FileState::Stored(view) = file.state.get() {
        return Some(view.kind);
    }
    let media_type = file.source.as_ref()?.blob.type_();
    match media_type.split('/').next()? {
        "image" => Some(FileKind::Image),
        "audio" => Some(FileKind::Audio),
        "video" => Some(FileKind::Video),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::catalog::ModelFeatures;

    fn tool(capabilities: &[Capability]) -> ChatTool {
        ChatTool {
            slug: "tool".to_owned(),
            name: "Tool".to_owned(),
            model: None,
            expectations: None,
            starters: Vec::new(),
            unavailable_because: None,
            capabilities: capabilities.to_vec(),
            features: ModelFeatures::default(),
            parameters: Default::default(),
            system_prompt: None,
        }
    }

    #[test]
    fn only_what_a_tool_cannot_take_is_objected_to() {
        let blind = tool(&[Capability::Text]);
        let seeing = tool(&[Capability::Text, Capability::ImageInput]);
        assert!(objection(&blind, FileKind::Image).is_some_and(|words| words.contains("pictures")));
        assert_eq!(objection(&seeing, FileKind::Image), None);
        assert_eq!(objection(&blind, FileKind::Pdf), None);
        assert!(objection(&seeing, FileKind::Audio).is_some());
        assert!(objection(&seeing, FileKind::Other).is_some());
    }
}
