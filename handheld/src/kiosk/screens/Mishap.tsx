/** When the program itself fails: a calm moment, and then it begins anew. */
import { Component, type ReactNode } from "react";

const AGAIN_MS = 3_000;

export class Mishap extends Component<{ readonly children: ReactNode }, { readonly failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override componentDidCatch(): void {
    setTimeout(() => location.reload(), AGAIN_MS);
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <div className="kiosk">
        <p className="cover reading" role="status">
          请稍候 · One moment
        </p>
      </div>
    );
  }
}
