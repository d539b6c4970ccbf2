/** Put the console on the page. */
import { render } from "preact";

import { Console } from "./shell/console";
import { adoptToken } from "./shell/session";
import "./styles/console.css";
import "./styles/charts.css";
import "./styles/pages.css";
import "./styles/print.css";

adoptToken();
render(<Console />, document.getElementById("console") as HTMLElement);
