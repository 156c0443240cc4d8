//! What somebody has said and what is not text on the page yet, kept in the browser: it survives whatever becomes of the
//! page, the network and the server.

use crate::model::speech::Transcription;
use futures::channel::oneshot;
use js_sys::{Array, Uint8Array};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{IdbDatabase, IdbKeyRange, IdbObjectStore, IdbRequest, IdbTransactionMode, Storage};

const DATABASE: &str = "recordings";
/// Its one table. A row is an array of two: the recording as a WAV file, and as JSON what was heard in it.
const TABLE: &str = "pieces";
/// Sorts behind whatever a name may go on with.
const BEHIND: &str = "\u{ffff}";

/// Where recordings are kept: whose they are, and of which draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shelf {
    prefix: String,
}

/// One piece of a recording.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptPiece {
    /// The name that it is kept under on its shelf. Names sort by time.
    pub name: String,
    /// The sound as a WAV file; empty where the words are known.
    pub wav: Vec<u8>,
    /// The words, once they are known.
    pub heard: Option<Transcription>,
}

impl Shelf {
    /// The shelf of a person for a place: a conversation's id, or `new`.
    #[must_use]
    pub fn new(person: &str, place: &str) -> Self {
        Self {
            prefix: format!("{person}/{place}/"),
        }
    }

    /// Keeps a piece, in place of what has its name. A browser that refuses storage keeps none.
    pub async fn keep(&self, piece: KeptPiece) {
        self.mark(true);
        let _ = self.try_keep(piece).await;
    }

    async fn try_keep(&self, piece: KeptPiece) -> Option<()> {
        let heard = serde_json::to_string(&piece.heard).ok()?;
        let row = Array::of2(
            &Uint8Array::from(piece.wav.as_slice()),
            &JsValue::from_str(&heard),
        );
        let key = JsValue::from_str(&format!("{}{}", self.prefix, piece.name));
        let table = table(IdbTransactionMode::Readwrite).await?;
        done(table.put_with_key(&row, &key).ok()?).await?;
        Some(())
    }

    /// Everything on it, in order. Nothing is looked up where nothing was kept.
    pub async fn pieces(&self) -> Vec<KeptPiece> {
        if !self.is_marked() {
            return Vec::new();
        }
        self.try_pieces().await.unwrap_or_default()
    }

    async fn try_pieces(&self) -> Option<Vec<KeptPiece>> {
        let table = table(IdbTransactionMode::Readonly).await?;
        let range = self.range("")?;
        let keys = table.get_all_keys_with_key(&range).ok()?;
        let rows = table.get_all_with_key(&range).ok()?;
        let keys: Array = done(keys).await?.unchecked_into();
        let rows: Array = done(rows).await?.unchecked_into();
        let pieces = keys.iter().zip(rows.iter()).filter_map(|(key, row)| {
            let row: Array = row.dyn_into().ok()?;
            Some(KeptPiece {
                name: key.as_string()?.strip_prefix(&self.prefix)?.to_owned(),
                wav: row.get(0).dyn_into::<Uint8Array>().ok()?.to_vec(),
                heard: serde_json::from_slice(row.get(1).as_string()?.as_bytes()).ok()?,
            })
        });
        Some(pieces.collect())
    }

    /// Lets go of all whose names begin like this; of everything, where that is empty.
    pub async fn forget(&self, beginning: &str) {
        let _ = self.try_forget(beginning).await;
    }

    async fn try_forget(&self, beginning: &str) -> Option<()> {
        let table = table(IdbTransactionMode::Readwrite).await?;
        done(table.delete(&self.range(beginning)?).ok()?).await?;
        let left = done(table.get_all_keys_with_key(&self.range("")?).ok()?).await?;
        if left.unchecked_into::<Array>().length() == 0 {
            self.mark(false);
        }
        Some(())
    }

    fn range(&self, beginning: &str) -> Option<JsValue> {
        let first = format!("{}{beginning}", self.prefix);
        let last = format!("{first}{BEHIND}");
        let range = IdbKeyRange::bound(&JsValue::from_str(&first), &JsValue::from_str(&last));
        range.ok().map(Into::into)
    }

    /// Whether something may be on it, known without opening the database.
    #[must_use]
    pub fn is_marked(&self) -> bool {
        let kept = storage().and_then(|storage| storage.get_item(&self.key()).ok().flatten());
        kept.is_some()
    }

    fn mark(&self, has_pieces: bool) {
        let Some(storage) = storage() else { return };
        let _ = if has_pieces {
            storage.set_item(&self.key(), "1")
        } else {
            storage.remove_item(&self.key())
        };
    }

    fn key(&self) -> String {
        format!("recordings:{}", self.prefix)
    }
}

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}

async fn table(mode: IdbTransactionMode) -> Option<IdbObjectStore> {
    let opening = web_sys::window()?.indexed_db().ok()??.open(DATABASE).ok()?;
    let opened = opening.clone();
    // A new one is empty; its table is made before it opens.
    let make = Closure::once_into_js(move || {
        let database = opened.result().map(JsCast::unchecked_into::<IdbDatabase>);
        let _ = database.and_then(|database| database.create_object_store(TABLE));
    });
    opening.set_onupgradeneeded(Some(make.unchecked_ref()));
    let database: IdbDatabase = done(opening.unchecked_into()).await?.dyn_into().ok()?;
    let transaction = database.transaction_with_str_and_mode(TABLE, mode).ok()?;
    // What is under way is finished before it closes.
    database.close();
    transaction.object_store(TABLE).ok()
}

/// What a request gives; nothing where it failed.
async fn done(request: IdbRequest) -> Option<JsValue> {
    let (sender, settled) = oneshot::channel();
    let sender = Rc::new(RefCell::new(Some(sender)));
    let settle = Closure::<dyn FnMut()>::new(move || {
        if let Some(sender) = sender.borrow_mut().take() {
            let _ = sender.send(());
        }
    });
    request.set_onsuccess(Some(settle.as_ref().unchecked_ref()));
    request.set_onerror(Some(settle.as_ref().unchecked_ref()));
    settled.await.ok()?;
    request.set_onsuccess(None);
    request.set_onerror(None);
    request.result().ok()
}
