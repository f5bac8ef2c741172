/** The places where a process is made to die, each between two effects of which one must not be lost with the other. */
export type CrashPoint =
  | "after_file_stored"
  | "after_file_lease"
  | "mid_chunk"
  | "after_lines_before_control_total"
  | "before_file_commit"
  | "after_file_commit_before_ack"
  | "after_run_lease"
  | "after_partition_lock"
  | "after_match_before_event"
  | "before_partition_commit"
  | "after_partition_commit_before_ack"
  | "before_run_finish"
  | "after_outbox_publish_before_mark"
  | "after_job_taken_before_work"
  | "after_audit_before_commit"
  | "after_notice_sent_before_mark";

let reached: (point: CrashPoint) => void = () => undefined;

/** Marks a place. Does nothing unless a fault test's process has armed it: no setting of a server can. */
export function crashPoint(point: CrashPoint): void {
  reached(point);
}

/** Has `act` called at each place: to die there, or to hang. */
export function armCrashPoints(act: (point: CrashPoint) => void): void {
  reached = act;
}
