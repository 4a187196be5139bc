/** TwitterAPI: posts, comments, followers. */

import { type Api, failed, loaded } from "../api.js";

interface Tweet {
  id: number;
  username: string;
  content: string;
  tags: string[];
  mentions: string[];
}

interface Twitter {
  username: string;
  password: string;
  authenticated: boolean;
  tweets: Record<string, Tweet>;
  comments: Record<string, { username: string; content: string }[]>;
  retweets: Record<string, number[]>;
  following_list: string[];
  tweet_counter: number;
}

interface ById {
  tweet_id: number;
}

const NEW: Twitter = {
  ...{ username: "john", password: "john123", authenticated: false, tweets: {}, comments: {}, retweets: {} },
  ...{ following_list: ["alice", "bob"], tweet_counter: 0 },
};

const before = (what: string) => failed(`User not authenticated. Please authenticate before ${what}.`);
const absent = (id: number) => failed(`Tweet with ID ${id} not found.`);
const has = ({ tweets }: Twitter, id: number): boolean => typeof id === "number" && Object.hasOwn(tweets, id);
const list = <T>(table: Record<string, T[]>, key: string | number): T[] => {
  table[key] ??= [];
  return table[key];
};

export const twitterApi: Api<Twitter> = {
  name: "TwitterAPI",
  document: "posting_api.json",
  load: (scenario) => loaded(NEW, scenario),
  functions: {
    authenticate_twitter(state, { username, password }: { username: string; password: string }) {
      const known = username === state.username && password === state.password;
      if (known) state.authenticated = true;
      return { authentication_status: known };
    },
    posting_get_login_status: ({ authenticated }) => ({ login_status: authenticated }),
    post_tweet(
      state,
      { content, tags = [], mentions = [] }: { content: string; tags?: string[]; mentions?: string[] },
    ) {
      if (!state.authenticated) return before("posting");
      const id = state.tweet_counter++;
      state.tweets[id] = { id, username: state.username, content, tags, mentions };
      return state.tweets[id];
    },
    retweet(state, { tweet_id }: ById) {
      if (!state.authenticated) return before("retweeting");
      if (!has(state, tweet_id)) return absent(tweet_id);
      const own = list(state.retweets, state.username);
      if (own.includes(tweet_id)) return { retweet_status: "Already retweeted" };
      own.push(tweet_id);
      return { retweet_status: "Successfully retweeted" };
    },
    comment(state, { tweet_id, comment_content }: ById & { comment_content: string }) {
      if (!state.authenticated) return before("commenting");
      if (!has(state, tweet_id)) return absent(tweet_id);
      list(state.comments, tweet_id).push({ username: state.username, content: comment_content });
      return { comment_status: "Comment added successfully" };
    },
    mention(state, { tweet_id, mentioned_usernames }: ById & { mentioned_usernames: string[] }) {
      if (!has(state, tweet_id)) return absent(tweet_id);
      state.tweets[tweet_id]!.mentions.push(...mentioned_usernames);
      return { mention_status: "Users mentioned successfully" };
    },
    follow_user(state, { username_to_follow: name }: { username_to_follow: string }) {
      if (!state.authenticated) return before("following");
      if (state.following_list.includes(name)) return { follow_status: false };
      state.following_list.push(name);
      return { follow_status: true };
    },
    list_all_following: (state) =>
      state.authenticated ? { following_list: state.following_list } : before("listing following"),
    unfollow_user(state, { username_to_unfollow: name }: { username_to_unfollow: string }) {
      if (!state.authenticated) return before("unfollowing");
      const at = state.following_list.indexOf(name);
      if (at >= 0) state.following_list.splice(at, 1);
      return { unfollow_status: at >= 0 };
    },
    get_tweet: (state, { tweet_id }: ById) => (has(state, tweet_id) ? state.tweets[tweet_id] : absent(tweet_id)),
    get_user_tweets: ({ tweets }, { username }: { username: string }) =>
      Object.values(tweets).filter((tweet) => tweet.username === username),
    search_tweets({ tweets }, { keyword }: { keyword: string }) {
      const word = keyword.toLowerCase();
      return Object.values(tweets).filter(
        ({ content, tags }) => content.toLowerCase().includes(word) || tags.some((tag) => tag.toLowerCase() === word),
      );
    },
    get_tweet_comments: (state, { tweet_id }: ById) =>
      has(state, tweet_id) ? (state.comments[tweet_id] ?? []) : absent(tweet_id),
    get_user_stats: (state, { username }: { username: string }) => ({
      tweet_count: Object.values(state.tweets).filter((tweet) => tweet.username === username).length,
      following_count: username === state.username ? state.following_list.length : 0,
      retweet_count: state.retweets[username]?.length ?? 0,
    }),
  },
};
