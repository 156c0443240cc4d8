//! The frame around pages: sidebar, top bar, the person's conversations and account. What a page shows is the page's.

mod account_menu;
mod conversation_forms;
mod conversation_list;
mod conversation_row;
pub mod conversations;
pub mod frame;
pub mod page;
mod sidebar;
pub mod topbar;
