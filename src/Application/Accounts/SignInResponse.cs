namespace NeuroLab.Application.Accounts;

/// <summary>A session.</summary>
/// <param name="AccessToken">Sent with every request.</param>
/// <param name="TokenType">Always <c>Bearer</c>.</param>
/// <param name="ExpiresIn">How long the access token is accepted, in seconds.</param>
/// <param name="RefreshToken">Buys the next session; works once.</param>
public sealed record SignInResponse(string AccessToken, string TokenType, int ExpiresIn, string RefreshToken)
{
    /// <summary>The record without what must not be written anywhere.</summary>
    public override string ToString() => nameof(SignInResponse);
}
