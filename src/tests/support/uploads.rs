//! Forms with files in them, as a browser sends them.

use super::client::{Client, Reply};
use inspireai::model::{
    file::{FilePage, FileView},
    ids::FileId,
};
use reqwest::{
    Method,
    header::ACCEPT,
    multipart::{Form, Part},
};

/// A form with one file.
pub fn form(name: &str, content: impl Into<reqwest::Body>) -> Form {
    let part = Part::stream(content).file_name(name.to_owned());
    Form::new().part("file", part)
}

impl Client {
    /// Uploads a file, whatever comes of it.
    pub async fn try_upload(&self, name: &str, content: impl Into<reqwest::Body>) -> Reply {
        let request = self
            .request(Method::POST, "/api/upload_file")
            .header(ACCEPT, "application/json")
            .multipart(form(name, content));
        self.send(request).await
    }

    /// Uploads a file that is taken.
    pub async fn upload(&self, name: &str, content: impl Into<reqwest::Body>) -> FileView {
        self.try_upload(name, content).await.value()
    }

    /// A page of the files that are there.
    pub async fn files(&self, query: &str, page: u32) -> FilePage {
        let page = page.to_string();
        self.call("list_files", &[("query", query), ("page", &page)])
            .await
            .value()
    }

    /// Deletes a file.
    pub async fn delete_file(&self, id: FileId) -> Reply {
        self.call("delete_file", &[("id", &id.to_string())]).await
    }

    /// What a path answers with, as bytes.
    pub async fn bytes(&self, path: &str) -> Vec<u8> {
        let response = self.open(self.request(Method::GET, path)).await;
        assert_eq!(response.status(), 200, "{path}");
        response.bytes().await.expect("a whole body").to_vec()
    }
}
