import * as z from "zod";

/** The longest address that e-mail can carry (RFC 5321, 4.5.3.1.3). Its form is not judged: it is looked up. */
const Email = z.string().trim().min(3).max(254);
/** How long a password may be is the core's to say; this only bounds what is read. */
const Password = z.string().min(1).max(4_096);
const Token = z.string().min(1).max(200);
const NAME_CHARACTERS = 100;

export const Login = z.strictObject({
  email: Email,
  password: Password,
  tenant: z.string().min(1).max(200).optional(),
});

export const Forgot = z.strictObject({ email: Email });

export const Reset = z.strictObject({ token: Token, password: Password });

export const Show = z.strictObject({ token: Token });

export const Accept = z.strictObject({
  token: Token,
  name: z.string().trim().max(NAME_CHARACTERS).default(""),
  password: Password,
});

export const Switch = z.strictObject({ tenantId: z.string().min(1).max(100) });

export const Change = z.strictObject({ current: Password, password: Password });
