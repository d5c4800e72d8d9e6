/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <sqlite3.h>

/* Tells SQLite to copy what is bound; the macro casts -1 to a function, which Swift cannot see. */
static inline sqlite3_destructor_type robust_eval_sqlite_copies(void) { return SQLITE_TRANSIENT; }
