import type { Translated } from '../../../platform/languages.ts'
import { createRefusal } from '../../../platform/refusal.ts'

const MESSAGES = {
  AccountNotFoundError: {
    ru: 'Это не тот кабинет, в который вы вошли. Обновите страницу.',
    en: 'This is not the account that you are signed in to. Refresh the page.',
  },
  DataExportInProgressError: {
    ru: 'Копия уже готовится. Дождитесь её: придёт уведомление.',
    en: 'A copy is being prepared already. Wait for it: a notice will come.',
  },
  DataExportNotFoundError: {
    ru: 'Такой копии у кабинета нет. Запросите новую.',
    en: 'The account has no such copy. Ask for a new one.',
  },
  DataExportNotReadyError: {
    ru: 'Копия ещё готовится или больше не хранится. Подождите или запросите новую.',
    en: 'The copy is still being prepared, or is not kept any more. Wait, or ask for a new one.',
  },
  InvalidIdempotencyKeyError: {
    ru: 'Ключ повтора должен быть длиной от 1 до 100 знаков.',
    en: 'The idempotency key must be 1 to 100 characters long.',
  },
  OrganizationHasMembersError: {
    ru: 'За организацию действуют и другие. Сначала исключите их, потом закройте кабинет.',
    en: 'Others act for the organization. Remove them first, then close the account.',
  },
  OrganizationOwnerRequiredError: {
    ru: 'Это может сделать только владелец организации.',
    en: 'Only the owner of the organization may do this.',
  },
  CaptchaFailedError: {
    ru: 'Ответ не подошёл. Возьмите новую картинку и попробуйте ещё раз.',
    en: 'The answer does not fit. Take a new picture and try again.',
  },
  FreshSignInRequiredError: {
    ru: 'Сначала войдите заново по одноразовому паролю: после этого есть десять минут.',
    en: 'First sign in anew with a one-time password: then there are ten minutes.',
  },
  InvalidOneTimePasswordError: {
    ru: 'Пароль не подходит. Проверьте цифры или запросите новый.',
    en: 'The password does not fit. Check the digits or ask for a new one.',
  },
  InvalidPhoneNumberError: {
    ru: 'Не удалось разобрать телефон. Введите его как 916 123-45-67.',
    en: 'The telephone number cannot be read. Type it like 916 123-45-67.',
  },
  InvalidRefreshTokenError: {
    ru: 'Сессия закончилась. Войдите снова.',
    en: 'The session is over. Sign in again.',
  },
  OneTimePasswordDeliveryNotFoundError: {
    ru: 'Отправить повторно уже нельзя. Запросите новый пароль.',
    en: 'It cannot be sent again any more. Ask for a new password.',
  },
  PasswordAlreadySetError: {
    ru: 'Пароль уже задан. Смените его или, если забыли, сбросьте.',
    en: 'There is a password already. Change it, or reset it if it is forgotten.',
  },
  SessionNotFoundError: {
    ru: 'Такой сессии нет или она уже закончилась. Обновите список сессий.',
    en: 'There is no such session, or it has ended already. Refresh the list of sessions.',
  },
  TooManyAttemptsError: {
    ru: 'Слишком много неверных паролей. Попробуйте позже или войдите другим способом.',
    en: 'Too many wrong passwords. Try later, or sign in another way.',
  },
  TooManyRequestsError: {
    ru: 'Слишком много запросов. Подождите немного.',
    en: 'Too many requests. Wait a little.',
  },
  WeakPasswordError: {
    ru: 'Такой пароль легко угадать. Возьмите длинную фразу, которую знаете только вы.',
    en: 'Such a password is easily guessed. Take a long phrase that only you know.',
  },
  WrongPasswordError: {
    ru: 'Номер или пароль не подходят. Проверьте их или войдите по одноразовому паролю.',
    en: 'The number or the password does not fit. Check them, or sign in with a one-time password.',
  },
  IdentityNotAttachedError: {
    ru: 'Эта учётная запись ни к кому не привязана. Войдите по номеру телефона и привяжите её в настройках.',
    en: 'This account of yours is attached to nobody here. Sign in by your number, then attach it in the settings.',
  },
  IdentityNotFoundError: {
    ru: 'Такой привязанной учётной записи нет. Обновите список.',
    en: 'There is no such attached account. Refresh the list.',
  },
  IdentityTakenError: {
    ru: 'Эта учётная запись уже привязана к другому кабинету. Сначала отвяжите её там.',
    en: 'This account is attached to another cabinet already. Detach it there first.',
  },
  NoStaffRoleError: {
    ru: 'У вас нет роли для работы в кабинете. Обратитесь к своему администратору.',
    en: 'You have no role for work in the cabinet. Ask your administrator.',
  },
  NotEligibleError: {
    ru: 'Сейчас это сделать нельзя: ниже все причины.',
    en: 'This cannot be done now: all reasons are below.',
  },
  NotOnOperatorNetworkError: {
    ru: 'Сеть не назвала вашего номера. Войдите по номеру телефона.',
    en: 'The network has not named your number. Sign in by your number.',
  },
  ProviderInUseError: {
    ru: 'К кабинету уже привязана другая учётная запись этого провайдера. Сначала отвяжите её.',
    en: 'Another account at this provider is attached to your cabinet already. Detach that one first.',
  },
  ProviderNotFoundError: {
    ru: 'Через этого провайдера здесь не входят. Обновите список провайдеров.',
    en: 'Nobody signs in here by this provider. Refresh the list of providers.',
  },
  ProviderRefusedError: {
    ru: 'Провайдер не подтвердил, кто вы. Начните вход заново.',
    en: 'The provider has not confirmed who you are. Begin again.',
  },
  ProviderSignInNotFoundError: {
    ru: 'Этот вход закончился или начат на другом устройстве. Начните заново.',
    en: 'This sign-in is over, or was begun on another device. Begin again.',
  },
  ProviderUnavailableError: {
    ru: 'Провайдер сейчас не отвечает. Попробуйте через минуту или войдите по номеру телефона.',
    en: 'The provider does not answer now. Try again in a minute, or sign in by your number.',
  },
  RedirectNotAllowedError: {
    ru: 'На этот адрес провайдер не возвращает. Возьмите один из настроенных.',
    en: 'The provider sends nobody back to that address. Take one of those that are configured.',
  },
  AlreadyMemberError: {
    ru: 'Вы уже действуете от имени этой организации. Обновите список организаций.',
    en: 'You act for this organization already. Refresh the list of organizations.',
  },
  InvalidLimitError: {
    ru: 'Укажите лимит суммой от нуля, не больше двух знаков после точки, или уберите его.',
    en: 'Give the limit as an amount from zero with two digits after the point at most, or none.',
  },
  InvalidNewsError: {
    ru: 'Заполните эту часть: тексты не пусты и не слишком длинны, регионов не больше ста, конец позже начала.',
    en: 'Correct this part: texts neither empty nor too long, a hundred regions at most, an end after the beginning.',
  },
  InvitationNotFoundError: {
    ru: 'Приглашение не найдено: проверьте код и что вошли с номером, на который он пришёл, или попросите прислать новое.',
    en: 'No such invitation: check the code and that you use the number it came to, or ask for a new one.',
  },
  LastOwnerError: {
    ru: 'Это последний владелец организации. Сначала назначьте владельцем кого-то ещё.',
    en: 'This is the organization’s last owner. Make somebody else an owner first.',
  },
  MemberNotFoundError: {
    ru: 'В организации нет такого участника. Обновите список.',
    en: 'The organization has no such member. Refresh the list.',
  },
  MembershipNotPermittedError: {
    ru: 'Ваша роль в организации этого не позволяет. Обратитесь к её владельцу.',
    en: 'Your role in the organization does not let you do this. Ask its owner.',
  },
  NewsNotFoundError: {
    ru: 'Такой новости нет, или её уже сняли.',
    en: 'There is no such news, or it was taken back already.',
  },
  NotAnOrganizationError: {
    ru: 'Вы в собственном кабинете. Сначала перейдите в кабинет организации.',
    en: 'You are in an account of your own. Go to the organization’s first.',
  },
  OrganizationNotFoundError: {
    ru: 'Вы не действуете от имени такой организации. Обновите список организаций.',
    en: 'You act for no such organization. Refresh the list of organizations.',
  },
  SessionEndedError: {
    ru: 'Эта сессия завершена. Войдите снова.',
    en: 'This session has ended. Sign in again.',
  },
  TooManyInvitationsError: {
    ru: 'Организация отправила слишком много приглашений. Отзовите лишние или подождите день.',
    en: 'The organization has sent too many invitations. Take some back, or wait a day.',
  },
  ConversationClosedError: {
    ru: 'Этот разговор завершён. Начните новый.',
    en: 'This conversation is over. Begin a new one.',
  },
  ConversationNotAnsweredError: {
    ru: 'Оценить можно, когда придёт ответ.',
    en: 'You can rate it when the answer has come.',
  },
  ConversationNotFoundError: {
    ru: 'Такого разговора нет. Обновите список.',
    en: 'There is no such conversation. Refresh the list.',
  },
  ConversationNotTakenError: {
    ru: 'Разговор не у вас. Возьмите его из очереди.',
    en: 'You do not have this conversation. Take it from the queue.',
  },
  ConversationNotWaitingError: {
    ru: 'В этом разговоре никто не ждёт ответа.',
    en: 'Nobody waits for an answer in this conversation.',
  },
  ConversationTakenError: {
    ru: 'Разговор уже взял коллега. Возьмите следующий.',
    en: 'A colleague has taken this conversation. Take the next.',
  },
  IdempotencyKeyReusedError: {
    ru: 'Этот ключ уже использован с другим содержимым. Создайте новый.',
    en: 'This key was used with another body. Make a new one.',
  },
  InvalidConversationTextError: {
    ru: 'Текст пуст или слишком длинный.',
    en: 'The text is empty or too long.',
  },
  InvalidRatingError: {
    ru: 'Поставьте оценку от 1 до 5.',
    en: 'Give a rating from 1 to 5.',
  },
  RatingFinalError: {
    ru: 'Оценку уже нельзя изменить: прошло слишком много времени.',
    en: 'The rating cannot be changed any more: too much time has passed.',
  },
  TooManyQuestionsError: {
    ru: 'Слишком много вопросов подряд. Подождите немного.',
    en: 'Too many questions in a row. Wait a little.',
  },
  NoticeNotFoundError: {
    ru: 'Таких уведомлений нет. Обновите список.',
    en: 'There are no such notices. Refresh the list.',
  },
  SecurityNoticesRequiredError: {
    ru: 'Уведомления о безопасности не отключаются: по ним вы узнаете о чужом входе.',
    en: 'Notices of security cannot be switched off: they tell you when somebody else gets in.',
  },
  SettingsNotPermittedError: {
    ru: 'Настройки организации меняют её владелец и администраторы. Обратитесь к ним.',
    en: 'The owner and the administrators decide an organization’s settings. Ask one of them.',
  },
} satisfies Record<string, Translated>

/** An expected refusal as the schema shows it, in the viewer's language. `path` is from `input`. */
export const refusal = createRefusal(MESSAGES)
