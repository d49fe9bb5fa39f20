import SearchOutline from "antd-mobile-icons/es/SearchOutline";
import css from "./SearchField.module.css";

interface Props {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** What is looked for; answers while it is typed. */
export function SearchField({ label, placeholder, value, onChange }: Props) {
  return (
    <div className={css.search}>
      <SearchOutline aria-hidden />
      <input
        type="search"
        aria-label={label}
        placeholder={placeholder}
        autoCapitalize="off"
        autoComplete="off"
        enterKeyHint="search"
        value={value}
        onChange={(event) => {
          onChange(event.target.value);
        }}
      />
    </div>
  );
}
