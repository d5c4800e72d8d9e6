// SPDX-License-Identifier: GPL-3.0-or-later

/// The style sheet of every page.
///
/// Blue and orange stand for better and worse, which colour-blind people tell apart; words beside
/// them say the same.
enum HTMLStyle {
  static let sheet = """
    :root { color-scheme: light dark; --ink: #1a1a1a; --paper: #fff; --faint: #595959;
      --line: #d0d0d0; --card: #f5f5f3; --good: #00589b; --bad: #a33c00; }
    @media (prefers-color-scheme: dark) {
      :root { --ink: #e8e8e6; --paper: #161616; --faint: #a8a8a8; --line: #3c3c3c; --card: #222;
        --good: #6db8f2; --bad: #f39c5a; }
      .plot img { filter: invert(0.91) hue-rotate(180deg); }
    }
    * { box-sizing: border-box; }
    body { font: 16px/1.5 system-ui, sans-serif; margin: 0; color: var(--ink);
      background: var(--paper); overflow-wrap: break-word; }
    main { max-width: 80rem; margin: 0 auto; padding: 1rem; }
    h1 { font-size: 1.6rem; line-height: 1.25; margin: 0.5rem 0; overflow-wrap: anywhere; }
    h2 { font-size: 1.25rem; line-height: 1.3; margin: 2.5rem 0 0.5rem; padding-top: 0.5rem;
      border-top: 1px solid var(--line); }
    h3 { font-size: 1rem; margin: 1.25rem 0 0.25rem; overflow-wrap: anywhere; }
    p, .findings > li { max-width: 48rem; }
    p { margin: 0.5rem 0; }
    a { color: var(--good); }
    nav ul { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; padding: 0; margin: 0.75rem 0;
      list-style: none; }
    code { font-size: 0.875rem; overflow-wrap: anywhere; }
    .command { display: block; padding: 0.5rem 0.75rem; margin: 0.5rem 0;
      background: var(--card); }
    .faint { color: var(--faint); font-size: 0.875rem; }
    .cards { display: grid; gap: 1rem; margin: 1rem 0;
      grid-template-columns: repeat(auto-fit, minmax(min(100%, 17rem), 1fr)); }
    .cards > div { background: var(--card); padding: 0.75rem 1rem;
      border-left: 4px solid var(--line); min-width: 0; }
    .cards > .better { border-color: var(--good); }
    .cards > .worse { border-color: var(--bad); }
    .cards dt { color: var(--faint); font-size: 0.875rem; }
    .cards dd { margin: 0; overflow-wrap: anywhere; }
    .cards dd > p:first-child { font-weight: 600; }
    dt { font-weight: 600; }
    .cards dt { font-weight: normal; }
    .findings { padding-left: 1.25rem; }
    .findings > li { margin: 0.5rem 0; overflow-wrap: anywhere; }
    .wide { overflow-x: auto; margin: 0.5rem 0; }
    table { border-collapse: collapse; font-size: 0.875rem; }
    th, td { padding: 0.25rem 0.75rem 0.25rem 0; border-bottom: 1px solid var(--line);
      text-align: left; vertical-align: top; font-weight: normal; }
    td:not(.number) { min-width: 9rem; max-width: 28rem; overflow-wrap: anywhere; }
    thead th { font-weight: 600; vertical-align: bottom; }
    tbody th { min-width: 7rem; max-width: 24rem; overflow-wrap: anywhere; }
    tbody th.long { min-width: min(15rem, 40vw); }
    .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
    th.number { white-space: normal; min-width: 0; }
    tbody th.number { min-width: 0; }
    th.better, th.worse { font-weight: 600; }
    th.better, td.better, p.better, li.better { color: var(--good); }
    th.worse, td.worse, p.worse, li.worse { color: var(--bad); }
    figure { margin: 1rem 0; }
    figcaption { font-size: 0.875rem; color: var(--faint); overflow-wrap: anywhere; }
    .plot img { display: block; width: 100%; min-width: 44rem; max-width: 64rem; height: auto; }
    .gallery { display: grid; gap: 1.25rem; margin: 0.5rem 0;
      grid-template-columns: repeat(auto-fill, minmax(min(100%, 18rem), 1fr)); }
    .gallery figure { margin: 0; min-width: 0; }
    .trio { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 0.5rem; }
    .trio img { display: block; width: 100%; height: auto; image-rendering: pixelated; }
    .trio span { font-size: 0.8125rem; color: var(--faint); }
    .attacked { max-width: 48rem; border-left: 4px solid var(--line); padding-left: 0.75rem; }
    .attacked strong { color: var(--bad); }
    summary { cursor: pointer; padding: 0.25rem 0; }
    @media print {
      :root { --ink: #000; --paper: #fff; --faint: #444; --line: #aaa; --card: #fff;
        --good: #00589b; --bad: #a33c00; }
      body { font-size: 10pt; }
      nav { display: none; }
      .plot img { filter: none; min-width: 0; max-width: 100%; }
      .wide { overflow: visible; }
      table { font-size: 7.5pt; }
      .number { white-space: normal; }
      thead { display: table-header-group; }
      tr, figure, .cards > div { break-inside: avoid; }
      h2, h3 { break-after: avoid; }
      details::details-content { content-visibility: visible; height: auto; }
    }
    """
}
