import { checkPassword, hashPassword } from "../../core/auth/password.ts";
import type { Platform } from "../platform.ts";

/** Random bytes of a password's salt (core/auth/password.ts). */
export const SALT_BYTES = 16;

/** What is stored of a new password. @throws Log0Error weak_password */
export async function hashNewPassword(platform: Platform, password: string, email: string): Promise<string> {
  checkPassword(password, email);
  return await hashPassword(password, platform.random(SALT_BYTES));
}
