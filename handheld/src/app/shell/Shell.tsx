import { matchRoute, Link, Redirect, useLocation, useRouter } from "wouter";
import { i18n } from "../../i18n";
import { useKeptPush } from "../me/push";
import { Block, Empty } from "../parts/Block";
import { BesideContext, Screen } from "../parts/Screen";
import { SnackLine } from "../parts/snack";
import { useMayAny } from "../rights/useRights";
import { ROUTES, type Named, type ScreenRoute } from "./routes";
import css from "./Shell.module.css";
import { tabsOf, type Tab } from "./tabs";
import { UnsentStrip } from "./UnsentStrip";
import { useIsWide } from "./wide";

/**
 * Tabs, the strip, and one or two panes. On a phone one pane is seen at a time; the list stays drawn behind what was opened
 * from it, so that going back finds it as it was.
 */
export function Shell() {
  const [path] = useLocation();
  const { route, named } = useMatch(path);
  const list = ROUTES.find((each) => each.pane === "list" && each.section === route?.section);
  useKeptPush();
  const may = useMayAny();
  const tabs = tabsOf(may);
  // Whoever has no visits, such as a reception, begins with what he has.
  const first = tabs[0]?.path ?? path;
  if (may && path === "/" && first !== path) return <Redirect to={first} replace />;
  const isDetail = route?.pane === "detail" || !route;
  const isAlone = list !== undefined && !ROUTES.some((each) => each.pane === "detail" && each.section === list.section);
  return (
    <div className={css.shell} data-pane={isDetail ? "detail" : "list"} data-alone={isAlone}>
      <nav className={css.tabs} aria-label={i18n._("Sections")}>
        {tabs.map((tab) => (
          <TabLink key={tab.section} tab={tab} chosen={tab.section === route?.section} />
        ))}
      </nav>
      <main className={css.work}>
        <UnsentStrip />
        <div className={css.panes}>
          {list && (
            <div className={css.list} data-testid="list" key={list.path}>
              <list.screen named={NOTHING} />
            </div>
          )}
          <div className={css.detail} data-testid="detail">
            {isDetail ? <Detail key={path} route={route} named={named} /> : <Beside route={route} />}
          </div>
        </div>
      </main>
    </div>
  );
}

const NOTHING: Named = {};

function useMatch(path: string): { route: ScreenRoute | undefined; named: Named } {
  const { parser } = useRouter();
  for (const route of ROUTES) {
    const [fits, params] = matchRoute(parser, route.path, path);
    if (fits) return { route, named: params as Named };
  }
  return { route: undefined, named: NOTHING };
}

function Detail({ route, named }: { readonly route: ScreenRoute | undefined; readonly named: Named }) {
  if (route) return <route.screen named={named} />;
  return (
    <Screen title={i18n._("There is no such page")} back="/">
      <Block>
        <Empty title={i18n._("Nothing is here")}>{i18n._("The link may be old, or was cut short.")}</Empty>
      </Block>
    </Screen>
  );
}

/** Nothing was opened yet. A phone does not show this pane. */
function Beside({ route }: { readonly route: ScreenRoute }) {
  const isWide = useIsWide();
  if (!isWide) return null;
  if (route.beside) {
    return (
      <BesideContext value={true}>
        <route.beside />
      </BesideContext>
    );
  }
  return (
    <div className={css.unchosen}>
      <Empty title={i18n._("Nothing opened yet")}>{i18n._("Tap something in the list; it opens here.")}</Empty>
      <SnackLine />
    </div>
  );
}

function TabLink({ tab, chosen }: { readonly tab: Tab; readonly chosen: boolean }) {
  return (
    <Link href={tab.path} className={css.tab} aria-current={chosen ? "page" : undefined}>
      <span className={css.icon}>
        <tab.icon aria-hidden />
        {tab.useBadge && <Badge use={tab.useBadge} />}
      </span>
      {tab.name()}
    </Link>
  );
}

function Badge({ use: useBadge }: { readonly use: NonNullable<Tab["useBadge"]> }) {
  const { count, text } = useBadge();
  if (count === 0) return null;
  return (
    <span className={css.badge}>
      <span aria-hidden>{count > 99 ? "99+" : count}</span>
      <span className="only-heard">{text}</span>
    </span>
  );
}
