namespace NeuroLab.Application.Accounts;

/// <summary>How long what an account consists of may be, in UTF-16 code units; names and addresses after trimming.</summary>
public static class AccountLimits
{
    /// <summary>The most that an e-mail address may have.</summary>
    public const int MaxEmailLength = 254;

    /// <summary>The most that the name shown may have.</summary>
    public const int MaxUsernameLength = 64;

    /// <summary>The least that a new password must have.</summary>
    public const int MinPasswordLength = 8;

    /// <summary>The most that a password may have: hashing is slow on purpose.</summary>
    public const int MaxPasswordLength = 128;

    /// <summary>The most of a refresh token that is looked at.</summary>
    public const int MaxRefreshTokenLength = 512;
}
