/** Apps: what they may do, and whether the one for messages can send pictures. */

import { text } from "../../../tools/json-schema.js";
import { ToolFailure } from "../../domain.js";
import type { Telecom } from "../database.js";
import { changes, happens, looks, type Part } from "./part.js";
import { canSendMms } from "./phone.js";

interface Permission {
  app_name: string;
  permission: string;
}

const appName = text("The app, such as messaging");
const PERMISSION = { app_name: appName, permission: text("sms, storage, phone or network") };

function permissionsOf({ device }: Telecom, app: string): Record<string, boolean> {
  const found = Object.hasOwn(device.app_statuses, app) ? device.app_statuses[app] : undefined;
  if (!found) throw new ToolFailure(`there is no app ${app}; there are ${Object.keys(device.app_statuses).join(", ")}`);
  return found.permissions;
}

function setPermission(db: Telecom, { app_name, permission }: Permission, value: boolean): void {
  const permissions = permissionsOf(db, app_name);
  const name = permission.toLowerCase();
  if (!Object.hasOwn(permissions, name))
    throw new ToolFailure(`there is no permission ${name}; there are ${Object.keys(permissions).join(", ")}`);
  permissions[name] = value;
}

function mayDo(db: Telecom, { app_name }: { app_name: string }): string {
  const granted = Object.entries(permissionsOf(db, app_name)).flatMap(([name, is]) => (is ? [name] : []));
  return `The app ${app_name} has permission for: ${granted.join(", ") || "nothing"}.`;
}

export const apps: Part = {
  tools: [
    looks({
      name: "check_installed_apps",
      description: "Names of the apps.",
      asked: /(?:which|what|list|check)[^.?!]*(?:installed )?apps\b/i,
      run: ({ device }) => `The apps are: ${Object.keys(device.app_statuses).join(", ")}.`,
    }),
    looks({
      name: "check_app_status",
      description: "What is set for an app: what it may do.",
      asked: /app status/i,
      parameters: { app_name: appName },
      usual: { app_name: "messaging" },
      run: mayDo,
    }),
    looks({
      name: "check_app_permissions",
      description: "What an app may do.",
      asked: /(?:check|which|what|verify)[^.?!]*permissions?\b/i,
      parameters: { app_name: appName },
      usual: { app_name: "messaging" },
      run: mayDo,
    }),
    changes({
      name: "grant_app_permission",
      description: "Lets an app do something.",
      asked: /(?:grant|give|allow|enable)[^.?!]*(?:permission|access)/i,
      parameters: PERMISSION,
      run(db, wanted: Permission) {
        setPermission(db, wanted, true);
        return mayDo(db, wanted);
      },
    }),
    looks({
      name: "can_send_mms",
      description: "Tries whether the app for messages can send a picture (MMS).",
      asked: /(?:send|test|try)[^.?!]*\b(?:mms|picture)/i,
      run: (db) => (canSendMms(db) ? "A picture message can be sent." : "A picture message cannot be sent."),
    }),
  ],
  happenings: [happens("remove_app_permission", (db, lost: Permission) => setPermission(db, lost, false), PERMISSION)],
};
