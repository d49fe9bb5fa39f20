export interface Running {
  readonly url: string;
  readonly env: Record<string, string | undefined>;
  log(): string;
  cli(...args: string[]): Promise<string>;
  down(): Promise<void>;
  kill(): Promise<void>;
  up(): Promise<void>;
  stop(): Promise<void>;
}

export function startServer(settings?: Record<string, string>): Promise<Running>;
