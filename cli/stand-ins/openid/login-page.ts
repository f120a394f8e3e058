/** The page on which somebody says who they are. The id is the provider's own, of letters and digits. */
export function loginPage(interactionId: string): string {
  return `<!doctype html>
<html lang="ru">
<meta charset="utf-8">
<title>Кто вы? · Who are you?</title>
<style>
  body { font: 1rem/1.5 system-ui, sans-serif; max-width: 24rem; margin: 20vh auto; padding: 0 1rem }
  input, button { font: inherit; padding: .5rem; width: 100%; box-sizing: border-box; margin-top: .5rem }
</style>
<form method="post" action="/interaction/${interactionId}">
  <label>Кто вы? Вам поверят. · Who are you? You will be believed.
    <input name="name" autofocus autocomplete="off">
  </label>
  <button>Войти · Sign in</button>
</form>
</html>
`
}
