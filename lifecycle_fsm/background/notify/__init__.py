"""Messages leave: to webhooks, chats and mailboxes."""
