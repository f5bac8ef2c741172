import { useSyncExternalStore } from "react";
import { endSession } from "../../session/session.ts";

/** A file on its way here, or that came while the portal was open. */
export type Upload = {
  readonly key: number;
  /** Whose it is: who signs in after them in the same tab sees nothing of it. */
  readonly token: string;
  readonly name: string;
  readonly sizeBytes: number;
  /** How much of it has left, 0 to 1. */
  readonly sent: number;
  /** Once it has arrived; `isKnown` if it had come before. */
  readonly file?: { readonly id: string; readonly isKnown: boolean };
  /** Why it was not taken in, in the words of the gateway; empty where nothing answered. */
  readonly problem?: string;
};

type Target = { readonly token: string; readonly merchantId: string };

const listeners = new Set<() => void>();
let uploads: readonly Upload[] = [];
let last = 0;
let sending = Promise.resolve();

/** What this person has sent, the latest first; it stays while other pages are open. */
export function useUploads(token: string): readonly Upload[] {
  return useSyncExternalStore(subscribe, () => uploads).filter((upload) => upload.token === token);
}

/** Sends files to be looked at, one after another. Nothing of them is taken until a person says so. */
export function sendFiles(files: readonly File[], target: Target): void {
  for (const file of files) {
    last += 1;
    const key = last;
    set([{ key, token: target.token, name: file.name, sizeBytes: file.size, sent: 0 }, ...uploads]);
    sending = sending.then(() => send(key, file, target));
  }
}

export function forgetUpload(key: number): void {
  set(uploads.filter((upload) => upload.key !== key));
}

function send(key: number, file: File, { token, merchantId }: Target): Promise<void> {
  if (!uploads.some((upload) => upload.key === key)) return Promise.resolve();
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const search = new URLSearchParams({ merchant: merchantId, name: file.name, preview: "true" });
    request.open("POST", `/files?${search}`);
    request.setRequestHeader("authorization", `Bearer ${token}`);
    request.setRequestHeader("content-type", "application/octet-stream");
    request.responseType = "json";
    request.upload.onprogress = ({ loaded, total }) => change(key, { sent: total > 0 ? loaded / total : 1 });
    request.onload = () => change(key, outcomeOf(request));
    request.onerror = () => change(key, { problem: "" });
    request.onloadend = () => resolve();
    request.send(file);
  });
}

type Answer = {
  readonly id?: string;
  readonly alreadyKnown?: boolean;
  readonly error?: { readonly message?: string };
  readonly errors?: readonly { readonly message?: string }[];
};

function outcomeOf({ status, response }: XMLHttpRequest): Partial<Upload> {
  const answer = (response ?? {}) as Answer;
  if (status === 401) endSession("expired");
  if (answer.id !== undefined) return { sent: 1, file: { id: answer.id, isKnown: answer.alreadyKnown === true } };
  return { problem: answer.error?.message ?? answer.errors?.[0]?.message ?? "" };
}

function change(key: number, next: Partial<Upload>): void {
  set(uploads.map((upload) => (upload.key === key ? { ...upload, ...next } : upload)));
}

function set(next: readonly Upload[]): void {
  uploads = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
