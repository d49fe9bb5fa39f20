import AntButton, { type ButtonProps } from "antd-mobile/es/components/button";
import { Children } from "react";

/** The kit's button, which says what it does also while it does it: alone, its dots have no name to read out. */
export default function Button(props: ButtonProps) {
  const text = Children.toArray(props.children).filter((each) => typeof each === "string").join("").trim();
  return <AntButton {...props} loadingText={text} />;
}
