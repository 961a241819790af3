/** The list of counters: a digit chooses. */

import { drawKeys, listen } from "./keys.js";

drawKeys();
listen(document, () => true);
