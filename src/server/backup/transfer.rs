//! An installation moves from one database to another, of whichever kind, without a file in between.

use super::{
    BackupError, Summary,
    restore::{compare, refused},
};
use crate::server::db::Db;
use futures::TryStreamExt;

/// Copies every row of `source`, as it is at one moment, into `target`, where nobody may have an account yet: all of it in
/// one transaction. What the catalogue of the target holds is replaced.
///
/// # Errors
/// When the source was never used, the target was, or either fails.
pub async fn transfer(source: &Db, target: &Db) -> Result<Summary, BackupError> {
    if source.migration_state().await?.applied == 0 {
        return Err(BackupError::NothingThere);
    }
    // Before its schema is touched.
    if target.has_accounts().await? {
        return Err(BackupError::TargetNotEmpty);
    }
    target.migrate().await?;
    let mut snapshot = source.snapshot().await?;
    let mut import = target
        .begin_import(false)
        .await
        .map_err(|error| refused(error, BackupError::TargetNotEmpty))?;
    let mut tables = Vec::new();
    for table in snapshot.tables().to_vec() {
        import.begin_table(&table).await?;
        let mut count = 0;
        let mut rows = snapshot.rows(&table);
        while let Some(row) = rows.try_next().await? {
            import.push(row).await?;
            count += 1;
        }
        drop(rows);
        tables.push((table.name, count));
    }
    compare(&tables, &import.count_rows().await?)?;
    Ok(Summary {
        interrupted: import.finish().await?,
        tables,
        ..Summary::default()
    })
}
