// Made from the server's code; `make docs` writes it again. Do not edit.

import { boolean, code, day, id, instant, integer, json, orNull, text, type Shape } from "./kinds";

export const PROTOCOL = 1;
export const SCHEMA = 1;

/** The fields of a row, by collection; every row has `id` and `version` beside them. */
export interface Rows {
  sync_issues: {
    readonly n: number;
    readonly enrolment_id: string;
    readonly verdict: string;
    readonly collection: string;
    readonly action: string;
    readonly row_id: string | null;
    readonly code: string;
    readonly params: unknown;
    readonly attempted: unknown;
    readonly kept: unknown;
    readonly made_at: number;
    readonly state: "dismissed" | "open";
  };
  units: {
    readonly parent_id: string | null;
    readonly kind: "department" | "organisation" | "team";
    readonly name: string;
  };
  projects: {
    readonly code: string;
    readonly name: string;
  };
  staff: {
    readonly name: string;
    readonly unit_id: string;
    readonly title: string | null;
    readonly state: "active" | "deleted" | "disabled";
  };
  approvals: {
    readonly case_id: string;
    readonly kind: string;
    readonly topic: string;
    readonly title: string;
    readonly amount_minor: number;
    readonly currency: string;
    readonly requester_id: string;
    readonly requester_name: string;
    readonly content: unknown;
    readonly content_hash: string;
    readonly flags: unknown;
    readonly step: number;
    readonly step_count: number;
    readonly revision: number;
    readonly for_id: string | null;
    readonly needs_password: boolean;
    readonly state: "approved" | "lapsed" | "rejected" | "returned" | "void" | "waiting";
    readonly comment: string | null;
    readonly decided_at: number | null;
    readonly created_at: number;
  };
  customers: {
    readonly kind: "company" | "person";
    readonly name: string;
    readonly stage: "dead" | "lost" | "negotiating" | "prospect" | "visited" | "won";
    readonly lost_reason: "competitor" | "financing" | "layout" | "location" | "need_gone" | "other" | "price" | "service" | "unreachable" | null;
    readonly deal: "lost" | "negotiating" | "potential" | "won";
    readonly grade: "A" | "B" | "C" | "D" | "E" | null;
    readonly need_level: "clear" | "latent" | "none" | null;
    readonly expected_close_on: string | null;
    readonly importance: "key" | "ordinary" | null;
    readonly source: "advertisement" | "call_in" | "channel" | "cold_call" | "exhibition" | "online" | "other" | "referral" | "walk_in" | null;
    readonly id_number: string | null;
    readonly address: string | null;
    readonly born_on: string | null;
    readonly needs: string | null;
    readonly remark: string | null;
    readonly hobbies: string | null;
    readonly wishes: string | null;
    readonly industry: "agriculture" | "business_services" | "construction" | "culture" | "education" | "environment" | "finance" | "health" | "hospitality" | "information" | "international" | "manufacturing" | "mining" | "public_administration" | "real_estate" | "research" | "resident_services" | "trade" | "transport" | "utilities" | null;
    readonly category: "agency" | "broker" | "connection" | "general" | "key_account" | null;
    readonly expected_amount_minor: number | null;
    readonly first_contact_on: string | null;
    readonly is_enabled: boolean;
    readonly pinyin: string | null;
    readonly owner_id: string;
  };
  customer_contacts: {
    readonly customer_id: string;
    readonly name: string;
    readonly title: string | null;
    readonly mail: string | null;
    readonly note: string | null;
    readonly is_primary: boolean;
    readonly left_on: string | null;
    readonly pinyin: string | null;
  };
  customer_phones: {
    readonly customer_id: string;
    readonly contact_id: string | null;
    readonly number: string;
    readonly label: string | null;
    readonly is_current: boolean;
  };
  notes: {
    readonly customer_id: string;
    readonly text: string;
    readonly reply_to: string | null;
    readonly mentions: string | null;
    readonly written_at: number;
    readonly written_by: string;
    readonly untold: string | null;
    readonly created_at: number;
  };
  timeline: {
    readonly customer_id: string;
    readonly at: number;
    readonly day_on: string;
    readonly done_by: string;
    readonly kind: string;
    readonly deed: "activity" | "call" | "customer" | "expense" | "follow_up" | "note" | "opportunity" | "other" | "question" | "reception" | "report" | "visit";
    readonly subject_id: string | null;
    readonly params: unknown;
  };
  deleted_customers: {
    readonly name: string;
    readonly owner_id: string;
    readonly created_at: number;
  };
  receptions: {
    readonly customer_id: string;
    readonly channel: "call" | "online" | "outside" | "visit";
    readonly received_at: number;
    readonly source: "advertisement" | "call_in" | "channel" | "cold_call" | "exhibition" | "online" | "other" | "referral" | "walk_in" | null;
    readonly area: "from_120" | "from_144" | "from_180" | "from_70" | "from_90" | "under_70" | null;
    readonly orientation: "any" | "east" | "north" | "south" | "south_north" | "west" | null;
    readonly floor: "any" | "high" | "low" | "middle" | "top" | null;
    readonly interest_price: boolean;
    readonly interest_location: boolean;
    readonly interest_greenery: boolean;
    readonly interest_decoration: boolean;
    readonly interest_surroundings: boolean;
    readonly income: "from_100" | "from_1000" | "from_200" | "from_500" | "under_100" | null;
    readonly work_place: string | null;
    readonly home_place: string | null;
    readonly suggestions: string | null;
    readonly impression: string | null;
    readonly received_by: string;
    readonly created_at: number;
  };
  lead_conflicts: {
    readonly first_id: string;
    readonly first_owner_id: string;
    readonly first_received_at: number;
    readonly first_arrived_at: number;
    readonly first_fixed_at: number | null;
    readonly first_doubt_ms: number;
    readonly first_reception_id: string | null;
    readonly second_id: string;
    readonly second_owner_id: string;
    readonly second_received_at: number;
    readonly second_arrived_at: number;
    readonly second_fixed_at: number | null;
    readonly second_doubt_ms: number;
    readonly second_reception_id: string | null;
    readonly matched: "id_number" | "phone";
    readonly proposed: "first" | "second" | null;
    readonly because: "earlier" | "too-near" | "unplaced";
    readonly state: "closed" | "dismissed" | "open" | "ruled";
    readonly chosen: "first" | "second" | null;
    readonly other_percent: number | null;
    readonly reason: string | null;
    readonly ruled_by: string | null;
    readonly ruled_at: number | null;
    readonly created_at: number;
  };
  funnel_stages: {
    readonly code: string;
    readonly name_zh: string;
    readonly name_en: string;
    readonly probability: number;
    readonly position: number;
    readonly is_active: boolean;
  };
  opportunities: {
    readonly customer_id: string;
    readonly title: string;
    readonly amount_minor: number | null;
    readonly expected_close_on: string | null;
    readonly next_step: string;
    readonly next_step_on: string;
    readonly currency: string;
    readonly stage_code: string;
    readonly probability: number;
    readonly state: "lost" | "open" | "won";
    readonly reason: "competitor" | "financing" | "layout" | "location" | "need_gone" | "other" | "price" | "service" | "unreachable" | null;
    readonly competitor: string | null;
    readonly closing_note: string | null;
    readonly closed_on: string | null;
    readonly closed_by: string | null;
    readonly opened_by: string;
    readonly visit_id: string | null;
    readonly owner_id: string;
  };
  opportunity_contacts: {
    readonly opportunity_id: string;
    readonly customer_id: string;
    readonly made_by: string;
    readonly contacted_at: number;
    readonly text: string;
    readonly next_step: string;
    readonly next_step_on: string;
    readonly created_at: number;
  };
  attachments: {
    readonly customer_id: string;
    readonly version_of: string | null;
    readonly about: "activities" | "opportunities" | "receptions" | "visits" | null;
    readonly about_id: string | null;
    readonly name: string;
    readonly form: "pdf" | "picture";
    readonly size: number;
    readonly sha256: string;
    readonly added_at: number;
    readonly revision: number;
    readonly added_by: string;
    readonly created_at: number;
    readonly removed_at: number | null;
    readonly removed_by: string | null;
  };
  day_plans: {
    readonly plan_on: string;
    readonly note: string | null;
    readonly copied_to: string | null;
    readonly state: "cancelled" | "done" | "draft" | "sent";
    readonly sent_at: number | null;
    readonly owner_id: string;
  };
  visits: {
    readonly plan_id: string | null;
    readonly customer_id: string | null;
    readonly customer_name: string | null;
    readonly assignee_id: string;
    readonly planned_on: string | null;
    readonly planned_start_at: number | null;
    readonly planned_end_at: number | null;
    readonly place: string | null;
    readonly purpose: string | null;
    readonly importance: number;
    readonly urgency: number;
    readonly people: string | null;
    readonly site_latitude_e7: number | null;
    readonly site_longitude_e7: number | null;
    readonly site_radius_m: number | null;
    readonly state: "cancelled" | "done" | "in_progress" | "planned";
    readonly day_on: string;
    readonly author_id: string;
    readonly owner_id: string;
    readonly actual_started_at: number | null;
    readonly actual_ended_at: number | null;
    readonly start_received_at: number | null;
    readonly end_received_at: number | null;
    readonly time_verdict: "future" | "old" | "plausible";
    readonly result: string | null;
    readonly outcome: "declined" | "met" | "not_met" | "other" | "postponed" | null;
    readonly next_step: string | null;
    readonly nothing_next: string | null;
    readonly impression: string | null;
    readonly cancel_reason: string | null;
    readonly check_in_at: number | null;
    readonly latitude_e7: number | null;
    readonly longitude_e7: number | null;
    readonly accuracy_m: number | null;
    readonly fix_age_s: number | null;
    readonly is_mock: boolean;
    readonly location_verdict: "none" | "outside" | "unverified" | "verified";
    readonly location_reason: "coarse" | "impossible" | "inside" | "mock" | "no_accuracy" | "no_check_in" | "no_fix" | "no_place" | "outside" | "stale" | null;
    readonly distance_m: number | null;
    readonly out_latitude_e7: number | null;
    readonly out_longitude_e7: number | null;
    readonly out_accuracy_m: number | null;
    readonly out_fix_age_s: number | null;
    readonly out_is_mock: boolean | null;
    readonly out_verdict: "none" | "outside" | "unverified" | "verified" | null;
    readonly out_reason: "coarse" | "impossible" | "inside" | "mock" | "no_accuracy" | "no_check_in" | "no_fix" | "no_place" | "outside" | "stale" | null;
    readonly out_distance_m: number | null;
  };
  visit_comments: {
    readonly visit_id: string;
    readonly text: string;
    readonly mentions: string | null;
    readonly untold: string | null;
    readonly written_at: number;
    readonly written_by: string;
    readonly created_at: number;
  };
  follow_ups: {
    readonly customer_id: string;
    readonly customer_name: string;
    readonly visit_id: string | null;
    readonly assignee_id: string;
    readonly due_on: string;
    readonly due_at: number | null;
    readonly text: string;
    readonly state: "cancelled" | "done" | "open";
    readonly done_at: number | null;
    readonly done_note: string | null;
    readonly repeat_every: number | null;
    readonly repeat_unit: "month" | "week" | null;
    readonly repeat_until: string | null;
    readonly repeat_from: string | null;
    readonly author_id: string;
    readonly owner_id: string;
  };
  tasks: {
    readonly customer_id: string | null;
    readonly customer_name: string | null;
    readonly assignee_id: string;
    readonly due_on: string;
    readonly text: string;
    readonly copied_to: string | null;
    readonly state: "cancelled" | "done" | "open";
    readonly done_at: number | null;
    readonly done_note: string | null;
    readonly author_id: string;
  };
  activity_types: {
    readonly name_zh: string;
    readonly name_en: string;
    readonly state: "active" | "closed";
  };
  activities: {
    readonly customer_id: string;
    readonly contact_name: string | null;
    readonly kind: "acceptance" | "after_sales" | "implementation" | "own" | "presales" | "progress" | "return_visit" | "topic";
    readonly type_id: string | null;
    readonly channel: "call_in" | "call_out" | "mail" | "meeting_online" | "message" | "other";
    readonly at: number;
    readonly duration_min: number | null;
    readonly text: string;
    readonly nothing_next: string | null;
    readonly day_on: string;
    readonly time_verdict: "future" | "old" | "plausible";
    readonly author_id: string;
    readonly owner_id: string;
  };
  customer_places: {
    readonly customer_id: string;
    readonly latitude_e7: number;
    readonly longitude_e7: number;
    readonly radius_m: number | null;
    readonly author_id: string;
    readonly created_at: number;
  };
  copies: {
    readonly from_id: string;
    readonly visit_id: string | null;
    readonly plan_id: string | null;
    readonly task_id: string | null;
    readonly day_on: string;
    readonly state: "cancelled" | "done" | "draft" | "in_progress" | "open" | "planned" | "sent";
    readonly customer_name: string | null;
    readonly place: string | null;
    readonly start_at: number | null;
    readonly end_at: number | null;
    readonly importance: number;
    readonly urgency: number;
    readonly text: string | null;
    readonly lines: unknown;
  };
  targets: {
    readonly owner_id: string;
    readonly month_on: string;
    readonly measure: "visits" | "won_amount";
    readonly amount: number;
  };
  questions: {
    readonly customer_id: string;
    readonly customer_name: string;
    readonly visit_id: string | null;
    readonly activity_id: string | null;
    readonly reception_id: string | null;
    readonly text: string;
    readonly asked_at: number;
    readonly cannot_answer: boolean;
    readonly department_id: string | null;
    readonly due_on: string | null;
    readonly state: "answered" | "open" | "withdrawn";
    readonly answer: string | null;
    readonly answered_by: string | null;
    readonly answered_at: number | null;
    readonly author_id: string;
    readonly owner_id: string;
  };
  work_reports: {
    readonly owner_id: string;
    readonly kind: "daily" | "weekly";
    readonly period_on: string;
    readonly topic: string | null;
    readonly summary: string | null;
    readonly problems: string | null;
    readonly next_plan: string | null;
    readonly facts: unknown;
    readonly state: "draft" | "sent";
    readonly sent_at: number | null;
    readonly revision: number;
    readonly named_ids: unknown;
    readonly reader_ids: unknown;
  };
  work_report_revisions: {
    readonly report_id: string;
    readonly revision: number;
    readonly topic: string | null;
    readonly summary: string | null;
    readonly problems: string | null;
    readonly next_plan: string | null;
    readonly facts: unknown;
    readonly created_at: number;
  };
  work_report_readers: {
    readonly report_id: string;
    readonly reader_id: string;
    readonly read_revision: number;
    readonly read_at: number | null;
  };
  work_report_comments: {
    readonly report_id: string;
    readonly text: string;
    readonly written_at: number;
    readonly written_by: string;
    readonly created_at: number;
  };
  sales_centres: {
    readonly name: string;
    readonly unit_id: string;
    readonly state: "closed" | "open";
  };
  members: {
    readonly customer_id: string;
    readonly number: string;
    readonly tier: "gold" | "platinum" | "silver" | "standard";
    readonly joined_on: string;
    readonly state: "active" | "left";
    readonly owner_id: string;
  };
  cards: {
    readonly member_id: string;
    readonly customer_id: string;
    readonly kind: "chip" | "phone" | "printed";
    readonly number: string;
    readonly label: string | null;
    readonly state: "active" | "blocked" | "expired" | "lost" | "replaced";
    readonly issued_on: string;
    readonly expires_on: string | null;
  };
  arrivals: {
    readonly customer_id: string;
    readonly customer_name: string;
    readonly sales_centre_id: string;
    readonly tier: "gold" | "platinum" | "silver" | "standard" | null;
    readonly via: "card" | "registration";
    readonly arrived_at: number;
    readonly is_late: boolean;
    readonly is_proved: boolean;
    readonly state: "left" | "served" | "waiting";
    readonly handled_by: string | null;
    readonly owner_id: string;
  };
  expense_claims: {
    readonly title: string;
    readonly note: string | null;
    readonly currency: string;
    readonly state: "approved" | "draft" | "reimbursed" | "rejected" | "returned" | "submitted" | "void" | "withdrawn";
    readonly revision: number;
    readonly total_minor: number;
    readonly flag_count: number;
    readonly submitted_at: number | null;
    readonly decided_at: number | null;
    readonly decided_by: string | null;
    readonly comment: string | null;
    readonly reimbursed_at: number | null;
    readonly owner_id: string;
    readonly created_at: number;
  };
  expense_lines: {
    readonly claim_id: string;
    readonly kind: "communication" | "fuel" | "gift" | "hotel" | "meal" | "office" | "other" | "parking" | "taxi" | "travel";
    readonly amount_minor: number;
    readonly spent_on: string;
    readonly customer_id: string | null;
    readonly visit_id: string | null;
    readonly description: string | null;
    readonly progress: string | null;
    readonly key_value: string | null;
    readonly receipt_sha256: string | null;
    readonly flags: unknown;
    readonly owner_id: string;
  };
  notices: {
    readonly topic: string;
    readonly subject_collection: string | null;
    readonly subject_id: string | null;
    readonly customer_name: string | null;
    readonly params: unknown;
    readonly created_at: number;
    readonly due_at: number | null;
    readonly state: "done" | "read" | "snoozed" | "unread";
    readonly snoozed_until: number | null;
  };
}

/** The values that each action takes, by collection. */
export interface Actions {
  sync_issues: {
    dismiss: Record<string, never>;
  };
  units: object;
  projects: object;
  staff: object;
  approvals: {
    approve: {
      readonly revision: number;
      readonly content_hash: string;
      readonly comment?: string | null;
    };
    return: {
      readonly revision: number;
      readonly content_hash: string;
      readonly comment?: string | null;
    };
    reject: {
      readonly revision: number;
      readonly content_hash: string;
      readonly comment?: string | null;
    };
  };
  customers: {
    create: {
      readonly kind?: "company" | "person";
      readonly name: string;
      readonly stage?: "dead" | "lost" | "negotiating" | "prospect" | "visited" | "won";
      readonly lost_reason?: "competitor" | "financing" | "layout" | "location" | "need_gone" | "other" | "price" | "service" | "unreachable" | null;
      readonly deal?: "lost" | "negotiating" | "potential" | "won";
      readonly grade?: "A" | "B" | "C" | "D" | "E" | null;
      readonly need_level?: "clear" | "latent" | "none" | null;
      readonly expected_close_on?: string | null;
      readonly importance?: "key" | "ordinary" | null;
      readonly source?: "advertisement" | "call_in" | "channel" | "cold_call" | "exhibition" | "online" | "other" | "referral" | "walk_in" | null;
      readonly id_number?: string | null;
      readonly address?: string | null;
      readonly born_on?: string | null;
      readonly needs?: string | null;
      readonly remark?: string | null;
      readonly hobbies?: string | null;
      readonly wishes?: string | null;
      readonly industry?: "agriculture" | "business_services" | "construction" | "culture" | "education" | "environment" | "finance" | "health" | "hospitality" | "information" | "international" | "manufacturing" | "mining" | "public_administration" | "real_estate" | "research" | "resident_services" | "trade" | "transport" | "utilities" | null;
      readonly category?: "agency" | "broker" | "connection" | "general" | "key_account" | null;
      readonly expected_amount_minor?: number | null;
      readonly first_contact_on?: string | null;
      readonly is_enabled?: boolean;
    };
    update: {
      readonly kind?: "company" | "person";
      readonly name?: string;
      readonly stage?: "dead" | "lost" | "negotiating" | "prospect" | "visited" | "won";
      readonly lost_reason?: "competitor" | "financing" | "layout" | "location" | "need_gone" | "other" | "price" | "service" | "unreachable" | null;
      readonly deal?: "lost" | "negotiating" | "potential" | "won";
      readonly grade?: "A" | "B" | "C" | "D" | "E" | null;
      readonly need_level?: "clear" | "latent" | "none" | null;
      readonly expected_close_on?: string | null;
      readonly importance?: "key" | "ordinary" | null;
      readonly source?: "advertisement" | "call_in" | "channel" | "cold_call" | "exhibition" | "online" | "other" | "referral" | "walk_in" | null;
      readonly id_number?: string | null;
      readonly address?: string | null;
      readonly born_on?: string | null;
      readonly needs?: string | null;
      readonly remark?: string | null;
      readonly hobbies?: string | null;
      readonly wishes?: string | null;
      readonly industry?: "agriculture" | "business_services" | "construction" | "culture" | "education" | "environment" | "finance" | "health" | "hospitality" | "information" | "international" | "manufacturing" | "mining" | "public_administration" | "real_estate" | "research" | "resident_services" | "trade" | "transport" | "utilities" | null;
      readonly category?: "agency" | "broker" | "connection" | "general" | "key_account" | null;
      readonly expected_amount_minor?: number | null;
      readonly first_contact_on?: string | null;
      readonly is_enabled?: boolean;
    };
    merge: {
      readonly gone_id: string;
      readonly take?: string | null;
      readonly gone_version?: number | null;
    };
    delete: Record<string, never>;
    restore: Record<string, never>;
    hand_over: {
      readonly to_id: string;
      readonly reason: string;
      readonly from_id?: string | null;
    };
  };
  customer_contacts: {
    create: {
      readonly customer_id: string;
      readonly name: string;
      readonly title?: string | null;
      readonly mail?: string | null;
      readonly note?: string | null;
      readonly is_primary?: boolean;
      readonly left_on?: string | null;
    };
    update: {
      readonly name?: string;
      readonly title?: string | null;
      readonly mail?: string | null;
      readonly note?: string | null;
      readonly is_primary?: boolean;
      readonly left_on?: string | null;
    };
  };
  customer_phones: {
    create: {
      readonly customer_id: string;
      readonly contact_id?: string | null;
      readonly number: string;
      readonly label?: string | null;
      readonly is_current?: boolean;
    };
    update: {
      readonly contact_id?: string | null;
      readonly number?: string;
      readonly label?: string | null;
      readonly is_current?: boolean;
    };
  };
  notes: {
    create: {
      readonly customer_id: string;
      readonly text: string;
      readonly reply_to?: string | null;
      readonly mentions?: string | null;
      readonly written_at?: number;
    };
  };
  timeline: object;
  deleted_customers: object;
  receptions: {
    create: {
      readonly customer_id: string;
      readonly channel: "call" | "online" | "outside" | "visit";
      readonly received_at?: number;
      readonly source?: "advertisement" | "call_in" | "channel" | "cold_call" | "exhibition" | "online" | "other" | "referral" | "walk_in" | null;
      readonly area?: "from_120" | "from_144" | "from_180" | "from_70" | "from_90" | "under_70" | null;
      readonly orientation?: "any" | "east" | "north" | "south" | "south_north" | "west" | null;
      readonly floor?: "any" | "high" | "low" | "middle" | "top" | null;
      readonly interest_price?: boolean;
      readonly interest_location?: boolean;
      readonly interest_greenery?: boolean;
      readonly interest_decoration?: boolean;
      readonly interest_surroundings?: boolean;
      readonly income?: "from_100" | "from_1000" | "from_200" | "from_500" | "under_100" | null;
      readonly work_place?: string | null;
      readonly home_place?: string | null;
      readonly suggestions?: string | null;
      readonly impression?: string | null;
    };
    update: {
      readonly source?: "advertisement" | "call_in" | "channel" | "cold_call" | "exhibition" | "online" | "other" | "referral" | "walk_in" | null;
      readonly area?: "from_120" | "from_144" | "from_180" | "from_70" | "from_90" | "under_70" | null;
      readonly orientation?: "any" | "east" | "north" | "south" | "south_north" | "west" | null;
      readonly floor?: "any" | "high" | "low" | "middle" | "top" | null;
      readonly interest_price?: boolean;
      readonly interest_location?: boolean;
      readonly interest_greenery?: boolean;
      readonly interest_decoration?: boolean;
      readonly interest_surroundings?: boolean;
      readonly income?: "from_100" | "from_1000" | "from_200" | "from_500" | "under_100" | null;
      readonly work_place?: string | null;
      readonly home_place?: string | null;
      readonly suggestions?: string | null;
      readonly impression?: string | null;
    };
  };
  lead_conflicts: {
    rule: {
      readonly owner: "first" | "second";
      readonly other_percent?: number | null;
      readonly reason: string;
    };
    dismiss: {
      readonly reason: string;
    };
  };
  funnel_stages: object;
  opportunities: {
    create: {
      readonly customer_id: string;
      readonly title: string;
      readonly amount_minor?: number | null;
      readonly expected_close_on?: string | null;
      readonly next_step: string;
      readonly next_step_on: string;
      readonly stage_code?: string;
      readonly visit_id?: string | null;
    };
    update: {
      readonly title?: string;
      readonly amount_minor?: number | null;
      readonly expected_close_on?: string | null;
      readonly next_step?: string;
      readonly next_step_on?: string;
    };
    move: {
      readonly stage_code: string;
    };
    win: {
      readonly closed_on?: string | null;
      readonly closing_note?: string | null;
    };
    lose: {
      readonly reason: "competitor" | "financing" | "layout" | "location" | "need_gone" | "other" | "price" | "service" | "unreachable";
      readonly competitor?: string | null;
      readonly closed_on?: string | null;
      readonly closing_note?: string | null;
    };
    reopen: Record<string, never>;
  };
  opportunity_contacts: {
    create: {
      readonly opportunity_id: string;
      readonly contacted_at?: number;
      readonly text: string;
      readonly next_step: string;
      readonly next_step_on: string;
    };
  };
  attachments: {
    create: {
      readonly customer_id: string;
      readonly version_of?: string | null;
      readonly about?: "activities" | "opportunities" | "receptions" | "visits" | null;
      readonly about_id?: string | null;
      readonly name: string;
      readonly form: "pdf" | "picture";
      readonly size: number;
      readonly sha256: string;
      readonly added_at?: number;
    };
    remove: Record<string, never>;
    restore: Record<string, never>;
  };
  day_plans: {
    create: {
      readonly plan_on: string;
      readonly note?: string | null;
      readonly copied_to?: string | null;
    };
    update: {
      readonly plan_on?: string;
      readonly note?: string | null;
      readonly copied_to?: string | null;
    };
    send: Record<string, never>;
    finish: Record<string, never>;
    cancel: Record<string, never>;
  };
  visits: {
    create: {
      readonly plan_id?: string | null;
      readonly customer_id?: string | null;
      readonly customer_name?: string | null;
      readonly assignee_id?: string;
      readonly planned_on?: string | null;
      readonly planned_start_at?: number | null;
      readonly planned_end_at?: number | null;
      readonly place?: string | null;
      readonly purpose?: string | null;
      readonly importance?: number;
      readonly urgency?: number;
      readonly people?: string | null;
      readonly site_latitude_e7?: number | null;
      readonly site_longitude_e7?: number | null;
      readonly site_radius_m?: number | null;
    };
    update: {
      readonly plan_id?: string | null;
      readonly customer_id?: string | null;
      readonly customer_name?: string | null;
      readonly assignee_id?: string;
      readonly planned_on?: string | null;
      readonly planned_start_at?: number | null;
      readonly planned_end_at?: number | null;
      readonly place?: string | null;
      readonly purpose?: string | null;
      readonly importance?: number;
      readonly urgency?: number;
      readonly people?: string | null;
      readonly site_latitude_e7?: number | null;
      readonly site_longitude_e7?: number | null;
      readonly site_radius_m?: number | null;
    };
    start: {
      readonly started_at: number;
      readonly latitude_e7?: number | null;
      readonly longitude_e7?: number | null;
      readonly accuracy_m?: number | null;
      readonly fix_age_s?: number | null;
      readonly is_mock?: boolean;
    };
    finish: {
      readonly ended_at: number;
      readonly started_at?: number | null;
      readonly result?: string | null;
      readonly outcome?: "declined" | "met" | "not_met" | "other" | "postponed" | null;
      readonly next_step?: string | null;
      readonly nothing_next?: string | null;
      readonly impression?: string | null;
      readonly out_latitude_e7?: number | null;
      readonly out_longitude_e7?: number | null;
      readonly out_accuracy_m?: number | null;
      readonly out_fix_age_s?: number | null;
      readonly out_is_mock?: boolean | null;
    };
    cancel: {
      readonly reason?: string | null;
    };
    reopen: Record<string, never>;
  };
  visit_comments: {
    create: {
      readonly visit_id: string;
      readonly text: string;
      readonly mentions?: string | null;
      readonly written_at?: number;
    };
  };
  follow_ups: {
    create: {
      readonly customer_id: string;
      readonly visit_id?: string | null;
      readonly assignee_id?: string;
      readonly due_on?: string;
      readonly due_at?: number | null;
      readonly text: string;
      readonly repeat_every?: number | null;
      readonly repeat_unit?: "month" | "week" | null;
      readonly repeat_until?: string | null;
    };
    update: {
      readonly assignee_id?: string;
      readonly due_on?: string;
      readonly due_at?: number | null;
      readonly text?: string;
      readonly repeat_every?: number | null;
      readonly repeat_unit?: "month" | "week" | null;
      readonly repeat_until?: string | null;
    };
    complete: {
      readonly done_at?: number | null;
      readonly done_note?: string | null;
    };
    cancel: Record<string, never>;
    delete: Record<string, never>;
  };
  tasks: {
    create: {
      readonly customer_id?: string | null;
      readonly assignee_id?: string;
      readonly due_on: string;
      readonly text: string;
      readonly copied_to?: string | null;
    };
    update: {
      readonly assignee_id?: string;
      readonly due_on?: string;
      readonly text?: string;
      readonly copied_to?: string | null;
    };
    complete: {
      readonly done_at?: number | null;
      readonly done_note?: string | null;
    };
    cancel: Record<string, never>;
    reopen: Record<string, never>;
  };
  activity_types: object;
  activities: {
    create: {
      readonly customer_id: string;
      readonly contact_name?: string | null;
      readonly kind: "acceptance" | "after_sales" | "implementation" | "own" | "presales" | "progress" | "return_visit" | "topic";
      readonly type_id?: string | null;
      readonly channel: "call_in" | "call_out" | "mail" | "meeting_online" | "message" | "other";
      readonly at?: number;
      readonly duration_min?: number | null;
      readonly text: string;
      readonly nothing_next?: string | null;
    };
  };
  customer_places: {
    create: {
      readonly customer_id: string;
      readonly latitude_e7: number;
      readonly longitude_e7: number;
      readonly radius_m?: number | null;
    };
  };
  copies: object;
  targets: {
    create: {
      readonly owner_id: string;
      readonly month_on: string;
      readonly measure: "visits" | "won_amount";
      readonly amount: number;
    };
    update: {
      readonly amount?: number;
    };
    delete: Record<string, never>;
  };
  questions: {
    create: {
      readonly customer_id: string;
      readonly visit_id?: string | null;
      readonly activity_id?: string | null;
      readonly reception_id?: string | null;
      readonly text: string;
      readonly asked_at?: number;
      readonly cannot_answer?: boolean;
    };
    pass_on: {
      readonly department_id: string;
    };
    answer: {
      readonly answer: string;
    };
    withdraw: Record<string, never>;
  };
  work_reports: {
    create: {
      readonly kind: "daily" | "weekly";
      readonly period_on: string;
      readonly topic?: string | null;
      readonly summary?: string | null;
      readonly problems?: string | null;
      readonly next_plan?: string | null;
    };
    update: {
      readonly topic?: string | null;
      readonly summary?: string | null;
      readonly problems?: string | null;
      readonly next_plan?: string | null;
    };
    address: {
      readonly reader_id: string;
    };
    send: Record<string, never>;
  };
  work_report_revisions: object;
  work_report_readers: {
    read: {
      readonly revision: number;
    };
  };
  work_report_comments: {
    create: {
      readonly report_id: string;
      readonly text: string;
      readonly written_at?: number;
    };
  };
  sales_centres: object;
  members: object;
  cards: object;
  arrivals: {
    serve: Record<string, never>;
    leave: Record<string, never>;
  };
  expense_claims: {
    create: {
      readonly title: string;
      readonly note?: string | null;
    };
    update: {
      readonly title?: string;
      readonly note?: string | null;
    };
    submit: Record<string, never>;
    withdraw: Record<string, never>;
  };
  expense_lines: {
    create: {
      readonly claim_id: string;
      readonly kind: "communication" | "fuel" | "gift" | "hotel" | "meal" | "office" | "other" | "parking" | "taxi" | "travel";
      readonly amount_minor: number;
      readonly spent_on: string;
      readonly customer_id?: string | null;
      readonly visit_id?: string | null;
      readonly description?: string | null;
      readonly progress?: string | null;
      readonly key_value?: string | null;
      readonly receipt_sha256?: string | null;
    };
    update: {
      readonly claim_id?: string;
      readonly kind?: "communication" | "fuel" | "gift" | "hotel" | "meal" | "office" | "other" | "parking" | "taxi" | "travel";
      readonly amount_minor?: number;
      readonly spent_on?: string;
      readonly customer_id?: string | null;
      readonly visit_id?: string | null;
      readonly description?: string | null;
      readonly progress?: string | null;
      readonly key_value?: string | null;
      readonly receipt_sha256?: string | null;
    };
    delete: Record<string, never>;
  };
  notices: {
    read: Record<string, never>;
    snooze: {
      readonly until: number;
    };
    done: Record<string, never>;
  };
}

export const SHAPES: { readonly [C in keyof Rows]: Shape } = {
  sync_issues: {
    policy: "machine",
    fields: {
      n: integer(-9007199254740991, 9007199254740991),
      enrolment_id: id,
      verdict: text(20),
      collection: text(40),
      action: text(40),
      row_id: orNull(id),
      code: text(80),
      params: json,
      attempted: json,
      kept: json,
      made_at: instant,
      state: code("dismissed", "open"),
    },
    actions: {
      dismiss: { values: {}, required: [] },
    },
    parents: {},
  },
  units: {
    policy: "server",
    fields: {
      parent_id: orNull(id),
      kind: code("department", "organisation", "team"),
      name: text(60),
    },
    actions: {
    },
    parents: {},
  },
  projects: {
    policy: "server",
    fields: {
      code: text(32),
      name: text(60),
    },
    actions: {
    },
    parents: {},
  },
  staff: {
    policy: "server",
    fields: {
      name: text(60),
      unit_id: id,
      title: orNull(text(60)),
      state: code("active", "deleted", "disabled"),
    },
    actions: {
    },
    parents: {},
  },
  approvals: {
    policy: "machine",
    fields: {
      case_id: id,
      kind: text(40),
      topic: text(40),
      title: text(200),
      amount_minor: integer(-9007199254740991, 9007199254740991),
      currency: text(3),
      requester_id: id,
      requester_name: text(60),
      content: json,
      content_hash: text(64),
      flags: json,
      step: integer(-9007199254740991, 9007199254740991),
      step_count: integer(-9007199254740991, 9007199254740991),
      revision: integer(-9007199254740991, 9007199254740991),
      for_id: orNull(id),
      needs_password: boolean,
      state: code("approved", "lapsed", "rejected", "returned", "void", "waiting"),
      comment: orNull(text(500)),
      decided_at: orNull(instant),
      created_at: instant,
    },
    actions: {
      approve: {
        values: {
          revision: integer(1, 9007199254740991),
          content_hash: text(64),
          comment: orNull(text(500)),
        },
        required: ["content_hash", "revision"],
      },
      return: {
        values: {
          revision: integer(1, 9007199254740991),
          content_hash: text(64),
          comment: orNull(text(500)),
        },
        required: ["content_hash", "revision"],
      },
      reject: {
        values: {
          revision: integer(1, 9007199254740991),
          content_hash: text(64),
          comment: orNull(text(500)),
        },
        required: ["content_hash", "revision"],
      },
    },
    parents: {},
  },
  customers: {
    policy: "merge",
    fields: {
      kind: code("company", "person"),
      name: text(120),
      stage: code("dead", "lost", "negotiating", "prospect", "visited", "won"),
      lost_reason: orNull(code("competitor", "financing", "layout", "location", "need_gone", "other", "price", "service", "unreachable")),
      deal: code("lost", "negotiating", "potential", "won"),
      grade: orNull(code("A", "B", "C", "D", "E")),
      need_level: orNull(code("clear", "latent", "none")),
      expected_close_on: orNull(day),
      importance: orNull(code("key", "ordinary")),
      source: orNull(code("advertisement", "call_in", "channel", "cold_call", "exhibition", "online", "other", "referral", "walk_in")),
      id_number: orNull(text(40)),
      address: orNull(text(300)),
      born_on: orNull(day),
      needs: orNull(text(1000, true)),
      remark: orNull(text(2000, true)),
      hobbies: orNull(text(500, true)),
      wishes: orNull(text(1000, true)),
      industry: orNull(code("agriculture", "business_services", "construction", "culture", "education", "environment", "finance", "health", "hospitality", "information", "international", "manufacturing", "mining", "public_administration", "real_estate", "research", "resident_services", "trade", "transport", "utilities")),
      category: orNull(code("agency", "broker", "connection", "general", "key_account")),
      expected_amount_minor: orNull(integer(0, 10000000000000)),
      first_contact_on: orNull(day),
      is_enabled: boolean,
      pinyin: orNull(text(400)),
      owner_id: id,
    },
    actions: {
      create: {
        values: {
          kind: code("company", "person"),
          name: text(120),
          stage: code("dead", "lost", "negotiating", "prospect", "visited", "won"),
          lost_reason: orNull(code("competitor", "financing", "layout", "location", "need_gone", "other", "price", "service", "unreachable")),
          deal: code("lost", "negotiating", "potential", "won"),
          grade: orNull(code("A", "B", "C", "D", "E")),
          need_level: orNull(code("clear", "latent", "none")),
          expected_close_on: orNull(day),
          importance: orNull(code("key", "ordinary")),
          source: orNull(code("advertisement", "call_in", "channel", "cold_call", "exhibition", "online", "other", "referral", "walk_in")),
          id_number: orNull(text(40)),
          address: orNull(text(300)),
          born_on: orNull(day),
          needs: orNull(text(1000, true)),
          remark: orNull(text(2000, true)),
          hobbies: orNull(text(500, true)),
          wishes: orNull(text(1000, true)),
          industry: orNull(code("agriculture", "business_services", "construction", "culture", "education", "environment", "finance", "health", "hospitality", "information", "international", "manufacturing", "mining", "public_administration", "real_estate", "research", "resident_services", "trade", "transport", "utilities")),
          category: orNull(code("agency", "broker", "connection", "general", "key_account")),
          expected_amount_minor: orNull(integer(0, 10000000000000)),
          first_contact_on: orNull(day),
          is_enabled: boolean,
        },
        required: ["name"],
      },
      update: {
        values: {
          kind: code("company", "person"),
          name: text(120),
          stage: code("dead", "lost", "negotiating", "prospect", "visited", "won"),
          lost_reason: orNull(code("competitor", "financing", "layout", "location", "need_gone", "other", "price", "service", "unreachable")),
          deal: code("lost", "negotiating", "potential", "won"),
          grade: orNull(code("A", "B", "C", "D", "E")),
          need_level: orNull(code("clear", "latent", "none")),
          expected_close_on: orNull(day),
          importance: orNull(code("key", "ordinary")),
          source: orNull(code("advertisement", "call_in", "channel", "cold_call", "exhibition", "online", "other", "referral", "walk_in")),
          id_number: orNull(text(40)),
          address: orNull(text(300)),
          born_on: orNull(day),
          needs: orNull(text(1000, true)),
          remark: orNull(text(2000, true)),
          hobbies: orNull(text(500, true)),
          wishes: orNull(text(1000, true)),
          industry: orNull(code("agriculture", "business_services", "construction", "culture", "education", "environment", "finance", "health", "hospitality", "information", "international", "manufacturing", "mining", "public_administration", "real_estate", "research", "resident_services", "trade", "transport", "utilities")),
          category: orNull(code("agency", "broker", "connection", "general", "key_account")),
          expected_amount_minor: orNull(integer(0, 10000000000000)),
          first_contact_on: orNull(day),
          is_enabled: boolean,
        },
        required: [],
      },
      merge: {
        values: {
          gone_id: id,
          take: orNull(text(1000)),
          gone_version: orNull(integer(1, 9007199254740991)),
        },
        required: ["gone_id"],
      },
      delete: { values: {}, required: [] },
      restore: { values: {}, required: [] },
      hand_over: {
        values: {
          to_id: id,
          reason: text(200),
          from_id: orNull(id),
        },
        required: ["reason", "to_id"],
      },
    },
    parents: {},
  },
  customer_contacts: {
    policy: "merge",
    fields: {
      customer_id: id,
      name: text(120),
      title: orNull(text(60)),
      mail: orNull(text(254)),
      note: orNull(text(1000, true)),
      is_primary: boolean,
      left_on: orNull(day),
      pinyin: orNull(text(400)),
    },
    actions: {
      create: {
        values: {
          customer_id: id,
          name: text(120),
          title: orNull(text(60)),
          mail: orNull(text(254)),
          note: orNull(text(1000, true)),
          is_primary: boolean,
          left_on: orNull(day),
        },
        required: ["customer_id", "name"],
      },
      update: {
        values: {
          name: text(120),
          title: orNull(text(60)),
          mail: orNull(text(254)),
          note: orNull(text(1000, true)),
          is_primary: boolean,
          left_on: orNull(day),
        },
        required: [],
      },
    },
    parents: {"customer_id": "customers"},
  },
  customer_phones: {
    policy: "merge",
    fields: {
      customer_id: id,
      contact_id: orNull(id),
      number: text(40),
      label: orNull(text(20)),
      is_current: boolean,
    },
    actions: {
      create: {
        values: {
          customer_id: id,
          contact_id: orNull(id),
          number: text(40),
          label: orNull(text(20)),
          is_current: boolean,
        },
        required: ["customer_id", "number"],
      },
      update: {
        values: {
          contact_id: orNull(id),
          number: text(40),
          label: orNull(text(20)),
          is_current: boolean,
        },
        required: [],
      },
    },
    parents: {"customer_id": "customers", "contact_id": "customer_contacts"},
  },
  notes: {
    policy: "append",
    fields: {
      customer_id: id,
      text: text(4000, true),
      reply_to: orNull(id),
      mentions: orNull(text(740)),
      written_at: instant,
      written_by: id,
      untold: orNull(text(740)),
      created_at: instant,
    },
    actions: {
      create: {
        values: {
          customer_id: id,
          text: text(4000, true),
          reply_to: orNull(id),
          mentions: orNull(text(740)),
          written_at: instant,
        },
        required: ["customer_id", "text"],
      },
    },
    parents: {"customer_id": "customers", "reply_to": "notes"},
  },
  timeline: {
    policy: "server",
    fields: {
      customer_id: id,
      at: instant,
      day_on: day,
      done_by: id,
      kind: text(40),
      deed: code("activity", "call", "customer", "expense", "follow_up", "note", "opportunity", "other", "question", "reception", "report", "visit"),
      subject_id: orNull(id),
      params: json,
    },
    actions: {
    },
    parents: {"customer_id": "customers"},
  },
  deleted_customers: {
    policy: "server",
    fields: {
      name: text(120),
      owner_id: id,
      created_at: instant,
    },
    actions: {
    },
    parents: {},
  },
  receptions: {
    policy: "merge",
    fields: {
      customer_id: id,
      channel: code("call", "online", "outside", "visit"),
      received_at: instant,
      source: orNull(code("advertisement", "call_in", "channel", "cold_call", "exhibition", "online", "other", "referral", "walk_in")),
      area: orNull(code("from_120", "from_144", "from_180", "from_70", "from_90", "under_70")),
      orientation: orNull(code("any", "east", "north", "south", "south_north", "west")),
      floor: orNull(code("any", "high", "low", "middle", "top")),
      interest_price: boolean,
      interest_location: boolean,
      interest_greenery: boolean,
      interest_decoration: boolean,
      interest_surroundings: boolean,
      income: orNull(code("from_100", "from_1000", "from_200", "from_500", "under_100")),
      work_place: orNull(text(100)),
      home_place: orNull(text(100)),
      suggestions: orNull(text(1000, true)),
      impression: orNull(text(1000, true)),
      received_by: id,
      created_at: instant,
    },
    actions: {
      create: {
        values: {
          customer_id: id,
          channel: code("call", "online", "outside", "visit"),
          received_at: instant,
          source: orNull(code("advertisement", "call_in", "channel", "cold_call", "exhibition", "online", "other", "referral", "walk_in")),
          area: orNull(code("from_120", "from_144", "from_180", "from_70", "from_90", "under_70")),
          orientation: orNull(code("any", "east", "north", "south", "south_north", "west")),
          floor: orNull(code("any", "high", "low", "middle", "top")),
          interest_price: boolean,
          interest_location: boolean,
          interest_greenery: boolean,
          interest_decoration: boolean,
          interest_surroundings: boolean,
          income: orNull(code("from_100", "from_1000", "from_200", "from_500", "under_100")),
          work_place: orNull(text(100)),
          home_place: orNull(text(100)),
          suggestions: orNull(text(1000, true)),
          impression: orNull(text(1000, true)),
        },
        required: ["channel", "customer_id"],
      },
      update: {
        values: {
          source: orNull(code("advertisement", "call_in", "channel", "cold_call", "exhibition", "online", "other", "referral", "walk_in")),
          area: orNull(code("from_120", "from_144", "from_180", "from_70", "from_90", "under_70")),
          orientation: orNull(code("any", "east", "north", "south", "south_north", "west")),
          floor: orNull(code("any", "high", "low", "middle", "top")),
          interest_price: boolean,
          interest_location: boolean,
          interest_greenery: boolean,
          interest_decoration: boolean,
          interest_surroundings: boolean,
          income: orNull(code("from_100", "from_1000", "from_200", "from_500", "under_100")),
          work_place: orNull(text(100)),
          home_place: orNull(text(100)),
          suggestions: orNull(text(1000, true)),
          impression: orNull(text(1000, true)),
        },
        required: [],
      },
    },
    parents: {"customer_id": "customers"},
  },
  lead_conflicts: {
    policy: "machine",
    fields: {
      first_id: id,
      first_owner_id: id,
      first_received_at: instant,
      first_arrived_at: instant,
      first_fixed_at: orNull(instant),
      first_doubt_ms: integer(-9007199254740991, 9007199254740991),
      first_reception_id: orNull(id),
      second_id: id,
      second_owner_id: id,
      second_received_at: instant,
      second_arrived_at: instant,
      second_fixed_at: orNull(instant),
      second_doubt_ms: integer(-9007199254740991, 9007199254740991),
      second_reception_id: orNull(id),
      matched: code("id_number", "phone"),
      proposed: orNull(code("first", "second")),
      because: code("earlier", "too-near", "unplaced"),
      state: code("closed", "dismissed", "open", "ruled"),
      chosen: orNull(code("first", "second")),
      other_percent: orNull(integer(-9007199254740991, 9007199254740991)),
      reason: orNull(text(200)),
      ruled_by: orNull(id),
      ruled_at: orNull(instant),
      created_at: instant,
    },
    actions: {
      rule: {
        values: {
          owner: code("first", "second"),
          other_percent: orNull(integer(1, 99)),
          reason: text(200),
        },
        required: ["owner", "reason"],
      },
      dismiss: {
        values: {
          reason: text(200),
        },
        required: ["reason"],
      },
    },
    parents: {"first_id": "customers", "second_id": "customers"},
  },
  funnel_stages: {
    policy: "server",
    fields: {
      code: text(40),
      name_zh: text(40),
      name_en: text(40),
      probability: integer(0, 100),
      position: integer(-9007199254740991, 9007199254740991),
      is_active: boolean,
    },
    actions: {
    },
    parents: {},
  },
  opportunities: {
    policy: "machine",
    fields: {
      customer_id: id,
      title: text(120),
      amount_minor: orNull(integer(0, 10000000000000)),
      expected_close_on: orNull(day),
      next_step: text(500, true),
      next_step_on: day,
      currency: text(3),
      stage_code: text(40),
      probability: integer(0, 100),
      state: code("lost", "open", "won"),
      reason: orNull(code("competitor", "financing", "layout", "location", "need_gone", "other", "price", "service", "unreachable")),
      competitor: orNull(text(60)),
      closing_note: orNull(text(500, true)),
      closed_on: orNull(day),
      closed_by: orNull(id),
      opened_by: id,
      visit_id: orNull(id),
      owner_id: id,
    },
    actions: {
      create: {
        values: {
          customer_id: id,
          title: text(120),
          amount_minor: orNull(integer(0, 10000000000000)),
          expected_close_on: orNull(day),
          next_step: text(500, true),
          next_step_on: day,
          stage_code: text(40),
          visit_id: orNull(id),
        },
        required: ["customer_id", "next_step", "next_step_on", "title"],
      },
      update: {
        values: {
          title: text(120),
          amount_minor: orNull(integer(0, 10000000000000)),
          expected_close_on: orNull(day),
          next_step: text(500, true),
          next_step_on: day,
        },
        required: [],
      },
      move: {
        values: {
          stage_code: text(40),
        },
        required: ["stage_code"],
      },
      win: {
        values: {
          closed_on: orNull(day),
          closing_note: orNull(text(500, true)),
        },
        required: [],
      },
      lose: {
        values: {
          reason: code("competitor", "financing", "layout", "location", "need_gone", "other", "price", "service", "unreachable"),
          competitor: orNull(text(60)),
          closed_on: orNull(day),
          closing_note: orNull(text(500, true)),
        },
        required: ["reason"],
      },
      reopen: { values: {}, required: [] },
    },
    parents: {"customer_id": "customers"},
  },
  opportunity_contacts: {
    policy: "append",
    fields: {
      opportunity_id: id,
      customer_id: id,
      made_by: id,
      contacted_at: instant,
      text: text(2000, true),
      next_step: text(500, true),
      next_step_on: day,
      created_at: instant,
    },
    actions: {
      create: {
        values: {
          opportunity_id: id,
          contacted_at: instant,
          text: text(2000, true),
          next_step: text(500, true),
          next_step_on: day,
        },
        required: ["next_step", "next_step_on", "opportunity_id", "text"],
      },
    },
    parents: {"opportunity_id": "opportunities"},
  },
  attachments: {
    policy: "machine",
    fields: {
      customer_id: id,
      version_of: orNull(id),
      about: orNull(code("activities", "opportunities", "receptions", "visits")),
      about_id: orNull(id),
      name: text(120),
      form: code("pdf", "picture"),
      size: integer(1, 2147483647),
      sha256: text(64),
      added_at: instant,
      revision: integer(1, 9007199254740991),
      added_by: id,
      created_at: instant,
      removed_at: orNull(instant),
      removed_by: orNull(id),
    },
    actions: {
      create: {
        values: {
          customer_id: id,
          version_of: orNull(id),
          about: orNull(code("activities", "opportunities", "receptions", "visits")),
          about_id: orNull(id),
          name: text(120),
          form: code("pdf", "picture"),
          size: integer(1, 2147483647),
          sha256: text(64),
          added_at: instant,
        },
        required: ["customer_id", "form", "name", "sha256", "size"],
      },
      remove: { values: {}, required: [] },
      restore: { values: {}, required: [] },
    },
    parents: {"customer_id": "customers", "version_of": "attachments"},
  },
  day_plans: {
    policy: "merge",
    fields: {
      plan_on: day,
      note: orNull(text(2000, true)),
      copied_to: orNull(text(740)),
      state: code("cancelled", "done", "draft", "sent"),
      sent_at: orNull(instant),
      owner_id: id,
    },
    actions: {
      create: {
        values: {
          plan_on: day,
          note: orNull(text(2000, true)),
          copied_to: orNull(text(740)),
        },
        required: ["plan_on"],
      },
      update: {
        values: {
          plan_on: day,
          note: orNull(text(2000, true)),
          copied_to: orNull(text(740)),
        },
        required: [],
      },
      send: { values: {}, required: [] },
      finish: { values: {}, required: [] },
      cancel: { values: {}, required: [] },
    },
    parents: {},
  },
  visits: {
    policy: "machine",
    fields: {
      plan_id: orNull(id),
      customer_id: orNull(id),
      customer_name: orNull(text(120)),
      assignee_id: id,
      planned_on: orNull(day),
      planned_start_at: orNull(instant),
      planned_end_at: orNull(instant),
      place: orNull(text(200)),
      purpose: orNull(text(500, true)),
      importance: integer(1, 3),
      urgency: integer(1, 3),
      people: orNull(text(740)),
      site_latitude_e7: orNull(integer(-900000000, 900000000)),
      site_longitude_e7: orNull(integer(-1800000000, 1800000000)),
      site_radius_m: orNull(integer(10, 5000)),
      state: code("cancelled", "done", "in_progress", "planned"),
      day_on: day,
      author_id: id,
      owner_id: id,
      actual_started_at: orNull(instant),
      actual_ended_at: orNull(instant),
      start_received_at: orNull(instant),
      end_received_at: orNull(instant),
      time_verdict: code("future", "old", "plausible"),
      result: orNull(text(4000, true)),
      outcome: orNull(code("declined", "met", "not_met", "other", "postponed")),
      next_step: orNull(text(500, true)),
      nothing_next: orNull(text(200)),
      impression: orNull(text(1000, true)),
      cancel_reason: orNull(text(200)),
      check_in_at: orNull(instant),
      latitude_e7: orNull(integer(-9007199254740991, 9007199254740991)),
      longitude_e7: orNull(integer(-9007199254740991, 9007199254740991)),
      accuracy_m: orNull(integer(-9007199254740991, 9007199254740991)),
      fix_age_s: orNull(integer(-9007199254740991, 9007199254740991)),
      is_mock: boolean,
      location_verdict: code("none", "outside", "unverified", "verified"),
      location_reason: orNull(code("coarse", "impossible", "inside", "mock", "no_accuracy", "no_check_in", "no_fix", "no_place", "outside", "stale")),
      distance_m: orNull(integer(-9007199254740991, 9007199254740991)),
      out_latitude_e7: orNull(integer(-9007199254740991, 9007199254740991)),
      out_longitude_e7: orNull(integer(-9007199254740991, 9007199254740991)),
      out_accuracy_m: orNull(integer(-9007199254740991, 9007199254740991)),
      out_fix_age_s: orNull(integer(-9007199254740991, 9007199254740991)),
      out_is_mock: orNull(boolean),
      out_verdict: orNull(code("none", "outside", "unverified", "verified")),
      out_reason: orNull(code("coarse", "impossible", "inside", "mock", "no_accuracy", "no_check_in", "no_fix", "no_place", "outside", "stale")),
      out_distance_m: orNull(integer(-9007199254740991, 9007199254740991)),
    },
    actions: {
      create: {
        values: {
          plan_id: orNull(id),
          customer_id: orNull(id),
          customer_name: orNull(text(120)),
          assignee_id: id,
          planned_on: orNull(day),
          planned_start_at: orNull(instant),
          planned_end_at: orNull(instant),
          place: orNull(text(200)),
          purpose: orNull(text(500, true)),
          importance: integer(1, 3),
          urgency: integer(1, 3),
          people: orNull(text(740)),
          site_latitude_e7: orNull(integer(-900000000, 900000000)),
          site_longitude_e7: orNull(integer(-1800000000, 1800000000)),
          site_radius_m: orNull(integer(10, 5000)),
        },
        required: [],
      },
      update: {
        values: {
          plan_id: orNull(id),
          customer_id: orNull(id),
          customer_name: orNull(text(120)),
          assignee_id: id,
          planned_on: orNull(day),
          planned_start_at: orNull(instant),
          planned_end_at: orNull(instant),
          place: orNull(text(200)),
          purpose: orNull(text(500, true)),
          importance: integer(1, 3),
          urgency: integer(1, 3),
          people: orNull(text(740)),
          site_latitude_e7: orNull(integer(-900000000, 900000000)),
          site_longitude_e7: orNull(integer(-1800000000, 1800000000)),
          site_radius_m: orNull(integer(10, 5000)),
        },
        required: [],
      },
      start: {
        values: {
          started_at: instant,
          latitude_e7: orNull(integer(-9007199254740991, 9007199254740991)),
          longitude_e7: orNull(integer(-9007199254740991, 9007199254740991)),
          accuracy_m: orNull(integer(-9007199254740991, 9007199254740991)),
          fix_age_s: orNull(integer(-9007199254740991, 9007199254740991)),
          is_mock: boolean,
        },
        required: ["started_at"],
      },
      finish: {
        values: {
          ended_at: instant,
          started_at: orNull(instant),
          result: orNull(text(4000, true)),
          outcome: orNull(code("declined", "met", "not_met", "other", "postponed")),
          next_step: orNull(text(500, true)),
          nothing_next: orNull(text(200)),
          impression: orNull(text(1000, true)),
          out_latitude_e7: orNull(integer(-9007199254740991, 9007199254740991)),
          out_longitude_e7: orNull(integer(-9007199254740991, 9007199254740991)),
          out_accuracy_m: orNull(integer(-9007199254740991, 9007199254740991)),
          out_fix_age_s: orNull(integer(-9007199254740991, 9007199254740991)),
          out_is_mock: orNull(boolean),
        },
        required: ["ended_at"],
      },
      cancel: {
        values: {
          reason: orNull(text(200)),
        },
        required: [],
      },
      reopen: { values: {}, required: [] },
    },
    parents: {"customer_id": "customers", "plan_id": "day_plans"},
  },
  visit_comments: {
    policy: "append",
    fields: {
      visit_id: id,
      text: text(1000, true),
      mentions: orNull(text(740)),
      untold: orNull(text(740)),
      written_at: instant,
      written_by: id,
      created_at: instant,
    },
    actions: {
      create: {
        values: {
          visit_id: id,
          text: text(1000, true),
          mentions: orNull(text(740)),
          written_at: instant,
        },
        required: ["text", "visit_id"],
      },
    },
    parents: {"visit_id": "visits"},
  },
  follow_ups: {
    policy: "merge",
    fields: {
      customer_id: id,
      customer_name: text(120),
      visit_id: orNull(id),
      assignee_id: id,
      due_on: day,
      due_at: orNull(instant),
      text: text(500, true),
      state: code("cancelled", "done", "open"),
      done_at: orNull(instant),
      done_note: orNull(text(500, true)),
      repeat_every: orNull(integer(1, 52)),
      repeat_unit: orNull(code("month", "week")),
      repeat_until: orNull(day),
      repeat_from: orNull(day),
      author_id: id,
      owner_id: id,
    },
    actions: {
      create: {
        values: {
          customer_id: id,
          visit_id: orNull(id),
          assignee_id: id,
          due_on: day,
          due_at: orNull(instant),
          text: text(500, true),
          repeat_every: orNull(integer(1, 52)),
          repeat_unit: orNull(code("month", "week")),
          repeat_until: orNull(day),
        },
        required: ["customer_id", "text"],
      },
      update: {
        values: {
          assignee_id: id,
          due_on: day,
          due_at: orNull(instant),
          text: text(500, true),
          repeat_every: orNull(integer(1, 52)),
          repeat_unit: orNull(code("month", "week")),
          repeat_until: orNull(day),
        },
        required: [],
      },
      complete: {
        values: {
          done_at: orNull(instant),
          done_note: orNull(text(500, true)),
        },
        required: [],
      },
      cancel: { values: {}, required: [] },
      delete: { values: {}, required: [] },
    },
    parents: {"customer_id": "customers", "visit_id": "visits"},
  },
  tasks: {
    policy: "merge",
    fields: {
      customer_id: orNull(id),
      customer_name: orNull(text(120)),
      assignee_id: id,
      due_on: day,
      text: text(500, true),
      copied_to: orNull(text(740)),
      state: code("cancelled", "done", "open"),
      done_at: orNull(instant),
      done_note: orNull(text(500, true)),
      author_id: id,
    },
    actions: {
      create: {
        values: {
          customer_id: orNull(id),
          assignee_id: id,
          due_on: day,
          text: text(500, true),
          copied_to: orNull(text(740)),
        },
        required: ["due_on", "text"],
      },
      update: {
        values: {
          assignee_id: id,
          due_on: day,
          text: text(500, true),
          copied_to: orNull(text(740)),
        },
        required: [],
      },
      complete: {
        values: {
          done_at: orNull(instant),
          done_note: orNull(text(500, true)),
        },
        required: [],
      },
      cancel: { values: {}, required: [] },
      reopen: { values: {}, required: [] },
    },
    parents: {"customer_id": "customers"},
  },
  activity_types: {
    policy: "server",
    fields: {
      name_zh: text(40),
      name_en: text(40),
      state: code("active", "closed"),
    },
    actions: {
    },
    parents: {},
  },
  activities: {
    policy: "append",
    fields: {
      customer_id: id,
      contact_name: orNull(text(120)),
      kind: code("acceptance", "after_sales", "implementation", "own", "presales", "progress", "return_visit", "topic"),
      type_id: orNull(id),
      channel: code("call_in", "call_out", "mail", "meeting_online", "message", "other"),
      at: instant,
      duration_min: orNull(integer(0, 1440)),
      text: text(4000, true),
      nothing_next: orNull(text(200)),
      day_on: day,
      time_verdict: code("future", "old", "plausible"),
      author_id: id,
      owner_id: id,
    },
    actions: {
      create: {
        values: {
          customer_id: id,
          contact_name: orNull(text(120)),
          kind: code("acceptance", "after_sales", "implementation", "own", "presales", "progress", "return_visit", "topic"),
          type_id: orNull(id),
          channel: code("call_in", "call_out", "mail", "meeting_online", "message", "other"),
          at: instant,
          duration_min: orNull(integer(0, 1440)),
          text: text(4000, true),
          nothing_next: orNull(text(200)),
        },
        required: ["channel", "customer_id", "kind", "text"],
      },
    },
    parents: {"customer_id": "customers"},
  },
  customer_places: {
    policy: "append",
    fields: {
      customer_id: id,
      latitude_e7: integer(-900000000, 900000000),
      longitude_e7: integer(-1800000000, 1800000000),
      radius_m: orNull(integer(10, 5000)),
      author_id: id,
      created_at: instant,
    },
    actions: {
      create: {
        values: {
          customer_id: id,
          latitude_e7: integer(-900000000, 900000000),
          longitude_e7: integer(-1800000000, 1800000000),
          radius_m: orNull(integer(10, 5000)),
        },
        required: ["customer_id", "latitude_e7", "longitude_e7"],
      },
    },
    parents: {"customer_id": "customers"},
  },
  copies: {
    policy: "server",
    fields: {
      from_id: id,
      visit_id: orNull(id),
      plan_id: orNull(id),
      task_id: orNull(id),
      day_on: day,
      state: code("cancelled", "done", "draft", "in_progress", "open", "planned", "sent"),
      customer_name: orNull(text(120)),
      place: orNull(text(200)),
      start_at: orNull(instant),
      end_at: orNull(instant),
      importance: integer(1, 3),
      urgency: integer(1, 3),
      text: orNull(text(2000, true)),
      lines: json,
    },
    actions: {
    },
    parents: {},
  },
  targets: {
    policy: "merge",
    fields: {
      owner_id: id,
      month_on: day,
      measure: code("visits", "won_amount"),
      amount: integer(1, 9007199254740991),
    },
    actions: {
      create: {
        values: {
          owner_id: id,
          month_on: day,
          measure: code("visits", "won_amount"),
          amount: integer(1, 9007199254740991),
        },
        required: ["amount", "measure", "month_on", "owner_id"],
      },
      update: {
        values: {
          amount: integer(1, 9007199254740991),
        },
        required: [],
      },
      delete: { values: {}, required: [] },
    },
    parents: {},
  },
  questions: {
    policy: "machine",
    fields: {
      customer_id: id,
      customer_name: text(120),
      visit_id: orNull(id),
      activity_id: orNull(id),
      reception_id: orNull(id),
      text: text(1000, true),
      asked_at: instant,
      cannot_answer: boolean,
      department_id: orNull(id),
      due_on: orNull(day),
      state: code("answered", "open", "withdrawn"),
      answer: orNull(text(2000, true)),
      answered_by: orNull(id),
      answered_at: orNull(instant),
      author_id: id,
      owner_id: id,
    },
    actions: {
      create: {
        values: {
          customer_id: id,
          visit_id: orNull(id),
          activity_id: orNull(id),
          reception_id: orNull(id),
          text: text(1000, true),
          asked_at: instant,
          cannot_answer: boolean,
        },
        required: ["customer_id", "text"],
      },
      pass_on: {
        values: {
          department_id: id,
        },
        required: ["department_id"],
      },
      answer: {
        values: {
          answer: text(2000, true),
        },
        required: ["answer"],
      },
      withdraw: { values: {}, required: [] },
    },
    parents: {"customer_id": "customers", "visit_id": "visits", "activity_id": "activities", "reception_id": "receptions"},
  },
  work_reports: {
    policy: "machine",
    fields: {
      owner_id: id,
      kind: code("daily", "weekly"),
      period_on: day,
      topic: orNull(text(40)),
      summary: orNull(text(4000, true)),
      problems: orNull(text(4000, true)),
      next_plan: orNull(text(4000, true)),
      facts: json,
      state: code("draft", "sent"),
      sent_at: orNull(instant),
      revision: integer(0, 9007199254740991),
      named_ids: json,
      reader_ids: json,
    },
    actions: {
      create: {
        values: {
          kind: code("daily", "weekly"),
          period_on: day,
          topic: orNull(text(40)),
          summary: orNull(text(4000, true)),
          problems: orNull(text(4000, true)),
          next_plan: orNull(text(4000, true)),
        },
        required: ["kind", "period_on"],
      },
      update: {
        values: {
          topic: orNull(text(40)),
          summary: orNull(text(4000, true)),
          problems: orNull(text(4000, true)),
          next_plan: orNull(text(4000, true)),
        },
        required: [],
      },
      address: {
        values: {
          reader_id: id,
        },
        required: ["reader_id"],
      },
      send: { values: {}, required: [] },
    },
    parents: {},
  },
  work_report_revisions: {
    policy: "server",
    fields: {
      report_id: id,
      revision: integer(1, 9007199254740991),
      topic: orNull(text(40)),
      summary: orNull(text(4000, true)),
      problems: orNull(text(4000, true)),
      next_plan: orNull(text(4000, true)),
      facts: json,
      created_at: instant,
    },
    actions: {
    },
    parents: {"report_id": "work_reports"},
  },
  work_report_readers: {
    policy: "machine",
    fields: {
      report_id: id,
      reader_id: id,
      read_revision: integer(0, 9007199254740991),
      read_at: orNull(instant),
    },
    actions: {
      read: {
        values: {
          revision: integer(1, 9007199254740991),
        },
        required: ["revision"],
      },
    },
    parents: {"report_id": "work_reports"},
  },
  work_report_comments: {
    policy: "append",
    fields: {
      report_id: id,
      text: text(1000, true),
      written_at: instant,
      written_by: id,
      created_at: instant,
    },
    actions: {
      create: {
        values: {
          report_id: id,
          text: text(1000, true),
          written_at: instant,
        },
        required: ["report_id", "text"],
      },
    },
    parents: {"report_id": "work_reports"},
  },
  sales_centres: {
    policy: "server",
    fields: {
      name: text(60),
      unit_id: id,
      state: code("closed", "open"),
    },
    actions: {
    },
    parents: {},
  },
  members: {
    policy: "server",
    fields: {
      customer_id: id,
      number: text(8),
      tier: code("gold", "platinum", "silver", "standard"),
      joined_on: day,
      state: code("active", "left"),
      owner_id: id,
    },
    actions: {
    },
    parents: {"customer_id": "customers"},
  },
  cards: {
    policy: "server",
    fields: {
      member_id: id,
      customer_id: id,
      kind: code("chip", "phone", "printed"),
      number: text(8),
      label: orNull(text(40)),
      state: code("active", "blocked", "expired", "lost", "replaced"),
      issued_on: day,
      expires_on: orNull(day),
    },
    actions: {
    },
    parents: {"member_id": "members"},
  },
  arrivals: {
    policy: "machine",
    fields: {
      customer_id: id,
      customer_name: text(120),
      sales_centre_id: id,
      tier: orNull(code("gold", "platinum", "silver", "standard")),
      via: code("card", "registration"),
      arrived_at: instant,
      is_late: boolean,
      is_proved: boolean,
      state: code("left", "served", "waiting"),
      handled_by: orNull(id),
      owner_id: id,
    },
    actions: {
      serve: { values: {}, required: [] },
      leave: { values: {}, required: [] },
    },
    parents: {"sales_centre_id": "sales_centres"},
  },
  expense_claims: {
    policy: "machine",
    fields: {
      title: text(120),
      note: orNull(text(1000, true)),
      currency: text(3),
      state: code("approved", "draft", "reimbursed", "rejected", "returned", "submitted", "void", "withdrawn"),
      revision: integer(-9007199254740991, 9007199254740991),
      total_minor: integer(-9007199254740991, 9007199254740991),
      flag_count: integer(-9007199254740991, 9007199254740991),
      submitted_at: orNull(instant),
      decided_at: orNull(instant),
      decided_by: orNull(id),
      comment: orNull(text(500)),
      reimbursed_at: orNull(instant),
      owner_id: id,
      created_at: instant,
    },
    actions: {
      create: {
        values: {
          title: text(120),
          note: orNull(text(1000, true)),
        },
        required: ["title"],
      },
      update: {
        values: {
          title: text(120),
          note: orNull(text(1000, true)),
        },
        required: [],
      },
      submit: { values: {}, required: [] },
      withdraw: { values: {}, required: [] },
    },
    parents: {},
  },
  expense_lines: {
    policy: "merge",
    fields: {
      claim_id: id,
      kind: code("communication", "fuel", "gift", "hotel", "meal", "office", "other", "parking", "taxi", "travel"),
      amount_minor: integer(1, 10000000000),
      spent_on: day,
      customer_id: orNull(id),
      visit_id: orNull(id),
      description: orNull(text(500, true)),
      progress: orNull(text(500, true)),
      key_value: orNull(text(500, true)),
      receipt_sha256: orNull(text(64)),
      flags: json,
      owner_id: id,
    },
    actions: {
      create: {
        values: {
          claim_id: id,
          kind: code("communication", "fuel", "gift", "hotel", "meal", "office", "other", "parking", "taxi", "travel"),
          amount_minor: integer(1, 10000000000),
          spent_on: day,
          customer_id: orNull(id),
          visit_id: orNull(id),
          description: orNull(text(500, true)),
          progress: orNull(text(500, true)),
          key_value: orNull(text(500, true)),
          receipt_sha256: orNull(text(64)),
        },
        required: ["amount_minor", "claim_id", "kind", "spent_on"],
      },
      update: {
        values: {
          claim_id: id,
          kind: code("communication", "fuel", "gift", "hotel", "meal", "office", "other", "parking", "taxi", "travel"),
          amount_minor: integer(1, 10000000000),
          spent_on: day,
          customer_id: orNull(id),
          visit_id: orNull(id),
          description: orNull(text(500, true)),
          progress: orNull(text(500, true)),
          key_value: orNull(text(500, true)),
          receipt_sha256: orNull(text(64)),
        },
        required: [],
      },
      delete: { values: {}, required: [] },
    },
    parents: {"claim_id": "expense_claims", "customer_id": "customers", "visit_id": "visits"},
  },
  notices: {
    policy: "machine",
    fields: {
      topic: text(80),
      subject_collection: orNull(text(40)),
      subject_id: orNull(id),
      customer_name: orNull(text(120)),
      params: json,
      created_at: instant,
      due_at: orNull(instant),
      state: code("done", "read", "snoozed", "unread"),
      snoozed_until: orNull(instant),
    },
    actions: {
      read: { values: {}, required: [] },
      snooze: {
        values: {
          until: instant,
        },
        required: ["until"],
      },
      done: { values: {}, required: [] },
    },
    parents: {},
  },
};
