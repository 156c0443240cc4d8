//! From the model's tokens to text: `SentencePiece`, in which bytes stand in for characters that it has no token for.

use std::collections::HashMap;

use serde::Deserialize;

/// How `SentencePiece` writes a space.
const SPACE: char = '\u{2581}';

/// What each token says.
pub struct Vocabulary {
    pieces: HashMap<u32, Piece>,
}

enum Piece {
    Text(String),
    Byte(u8),
}

#[derive(Deserialize)]
struct TokenizerFile {
    added_tokens: Vec<AddedToken>,
    model: Model,
}

#[derive(Deserialize)]
struct AddedToken {
    id: u32,
    special: bool,
}

#[derive(Deserialize)]
struct Model {
    vocab: HashMap<String, u32>,
}

impl Vocabulary {
    /// Reads a `tokenizer.json`.
    pub fn parse(json: &[u8]) -> Result<Self, serde_json::Error> {
        let file: TokenizerFile = serde_json::from_slice(json)?;
        let pieces = file.model.vocab.into_iter();
        let mut pieces: HashMap<_, _> = pieces
            .map(|(piece, id)| (id, Piece::parse(&piece)))
            .collect();
        for token in file.added_tokens.iter().filter(|token| token.special) {
            pieces.remove(&token.id);
        }
        Ok(Self { pieces })
    }

    /// What tokens say together. Control tokens say nothing.
    pub fn text(&self, tokens: &[u32]) -> String {
        let mut bytes = Vec::new();
        for token in tokens {
            match self.pieces.get(token) {
                Some(Piece::Text(text)) => bytes.extend_from_slice(text.as_bytes()),
                Some(Piece::Byte(byte)) => bytes.push(*byte),
                None => {}
            }
        }
        String::from_utf8_lossy(&bytes).trim().to_owned()
    }
}

impl Piece {
    fn parse(piece: &str) -> Self {
        let byte = piece
            .strip_prefix("<0x")
            .and_then(|rest| rest.strip_suffix('>'))
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        byte.map_or_else(|| Self::Text(piece.replace(SPACE, " ")), Self::Byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_become_words_and_bytes_become_characters() {
        let json = r#"{"added_tokens": [{"id": 2, "special": true}],
            "model": {"vocab": {"</s>": 2, "<0xC3>": 3, "<0xA9>": 4, "▁caf": 5, "▁open": 6}}}"#;
        let vocabulary = Vocabulary::parse(json.as_bytes()).expect("readable");
        assert_eq!(vocabulary.text(&[5, 3, 4, 6, 2]), "café open");
        assert_eq!(vocabulary.text(&[2, 99]), "");
    }
}
